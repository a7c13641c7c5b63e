/** JSON.parse takes the last of several equal keys, and rounds numbers, without a word. */

const STRING_OR_SPACE = /("[^"\\]*(?:\\.[^"\\]*)*")|\s+/gs

/** Whether `text`, which parsed as `value`, says so without either. */
export function isAsWritten(text: string, value: unknown): boolean {
  try {
    return text.replace(STRING_OR_SPACE, '$1') === JSON.stringify(value)
  } catch {
    // Strings or nesting that no file of ours has exhaust the stack.
    return false
  }
}
