/** Ends processes that a test left behind. */
interface Process {
  kill(signal: 'SIGKILL'): unknown
}

const running = new Set<Process>()

export function endWithTest(child: Process, ended: Promise<unknown>): void {
  running.add(child)
  const forget = () => void running.delete(child)
  ended.then(forget, forget)
}

export function endLeftBehind(): void {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
}
