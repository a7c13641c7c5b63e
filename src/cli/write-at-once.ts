/** Writes what is short to standard output without the stream, which takes Node as long to build as all else of `--version`. */
import { writeSync } from 'node:fs'

/** False where the system takes nothing of it now: the stream can wait, and says what is wrong. */
export function writtenAtOnce(text: string): boolean {
  const bytes = Buffer.from(text)
  let written = 0
  try {
    written = writeSync(1, bytes)
  } catch {
    return false
  }
  if (written < bytes.length) process.stdout.write(bytes.subarray(written))
  return true
}
