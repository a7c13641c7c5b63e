/** Writes to standard output without the stream, which takes Node as long to build as all else of `--version`. */
import { writeSync } from 'node:fs'

/** So much an empty pipe takes, however small it is: more than that would have to be waited for, deaf to signals. */
const PIPE_BYTES = 4096

let written = false

/** What is left for the stream, which can wait for a reader, and says what is wrong: nothing as a rule. */
export function leftToWrite(text: string): Buffer {
  const bytes = Buffer.from(text)
  // Once: the reader may not have read that yet.
  if (written || bytes.length > PIPE_BYTES) return bytes
  written = true
  try {
    return bytes.subarray(writeSync(1, bytes))
  } catch {
    return bytes
  }
}

/** What is wrong with it comes as an error of the stream. */
export function writeAtOnce(text: string): void {
  const left = leftToWrite(text)
  if (left.length > 0) process.stdout.write(left)
}
