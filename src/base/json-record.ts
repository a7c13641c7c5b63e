/** Reads JSON that may come from anywhere, where only an object means anything. */
import { isRecord } from './is-record.js'

/** Null for what is no JSON, or no object. */
export function jsonRecord(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}
