/** A setting that need not be there. */
import { WcnError } from '../errors/wcn-error.js'

/** Null where the setting is missing; a wrong one is still an error. */
export async function ifSet<T>(read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof WcnError && error.code === 'SETTING_MISSING') return null
    throw error
  }
}
