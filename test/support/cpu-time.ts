/** Measures what work costs this process, whatever else the machine is doing: a test must not fail because it is slow. */

/** CPU milliseconds from now on. */
export function cpuClock(): () => number {
  const start = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  }
}
