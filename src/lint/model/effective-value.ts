/** What a service gets for a variable. */
import type { FoundService, FoundVariable } from './found.js'

/** A later one of the same name takes effect; null where there is none. */
function effectiveVariable({ variables }: FoundService, name: string): FoundVariable | null {
  return variables.findLast((variable) => variable.name === name) ?? null
}

/** Null where it is not set, or where its value can't be told from the files. */
export function effectiveValue(service: FoundService, name: string): string | null {
  return effectiveVariable(service, name)?.value ?? null
}
