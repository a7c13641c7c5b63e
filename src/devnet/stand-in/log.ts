/** Writes log lines as wcn_node and wcn_db do (docs/dev/network/node-protocol.md, "Logs"): JSON on stderr. */

export type Log = ReturnType<typeof logOf>

/** `program`: whose lines they are. `instance`: which of several in one process. */
export function logOf(program: 'wcn_node' | 'wcn_db', instance: string | null) {
  return (level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    const line = {
      timestamp: new Date().toISOString(),
      level,
      fields: { message, ...fields },
      target: program,
      ...(instance === null ? {} : { instance }),
    }
    process.stderr.write(`${JSON.stringify(line)}\n`)
  }
}
