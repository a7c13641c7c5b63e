/** Reads the values of a service's variables, and collects what is wrong with them. */
import { WcnError } from '../../errors/wcn-error.js'
import { type Finding, finding } from './finding.js'
import type { FoundService, FoundVariable } from './found.js'
import type { NamedVariables } from './names.js'

/** A value that could be read, and where it stands. */
export interface ParsedVariable<T> {
  readonly value: T
  readonly variable: FoundVariable
}

export interface VariableReader {
  /**
   * Null where the variable is not there, is empty, is not known from the files, or can't be read. `parse` throws
   * WcnErrors whose sentences show no secrets; `id` is the rule that they belong to.
   */
  read<T>(
    name: string,
    id: string,
    parse: (text: string, source: string) => T | Promise<T>,
  ): Promise<ParsedVariable<T> | null>
  readonly findings: Finding[]
  /** The rules that had something to judge. */
  readonly judged: Set<string>
}

/** `isDamaged`: whether a reader said already that the value is not as it was meant. */
export function variableReader(
  service: FoundService,
  { effective }: NamedVariables,
  isDamaged: (variable: FoundVariable) => boolean,
): VariableReader {
  const findings: Finding[] = []
  const judged = new Set<string>()
  return {
    findings,
    judged,
    async read(name, id, parse) {
      const variable = effective.get(name)
      if (!variable?.value || isDamaged(variable)) return null
      const source = `${name} of ${service.name}`
      judged.add('quoted-value').add(id)
      if (/^["']|["']$/.test(variable.value)) {
        const hint = 'take them off: as this file is read, they are part of the value'
        findings.push(
          finding('quoted-value', 'fail', variable.place, `the value of ${source} has quotes around it`, hint),
        )
        return null
      }
      try {
        return { value: await parse(variable.value, source), variable }
      } catch (error) {
        if (!(error instanceof WcnError)) throw error
        findings.push(finding(id, 'fail', variable.place, error.message, error.hint ?? null))
        return null
      }
    },
  }
}
