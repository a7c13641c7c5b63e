/** Whether a standard stream is a terminal, without making Node build the stream: that costs as much as a command. */
import { fstatSync } from 'node:fs'

export function isTerminal(fd: 0 | 1 | 2): boolean {
  try {
    // Pipes and files are told apart at once; /dev/null is a character device as well.
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(fd)
  } catch {
    // Closed.
    return false
  }
}
