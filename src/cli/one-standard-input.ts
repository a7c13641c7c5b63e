/** Standard input can be read once: a command line that asks for it twice is refused before anything is read. */
import type { Command } from 'commander'
import { WcnError } from '../errors/wcn-error.js'
import { argumentGrammar, optionGrammar } from './grammar-of.js'

const STANDARD_INPUT = ['-', '/dev/stdin', '/dev/fd/0']
/** What is written, and not read. */
const OUTPUTS = ['--out', '--unsigned']

/** Throws USAGE, which names both. */
export function requireOneStandardInput(command: Command): void {
  const read = [
    ...command.options.flatMap((option) =>
      optionGrammar(option).value?.kind === 'file' && !OUTPUTS.includes(option.long ?? '')
        ? [[option.long ?? '', command.getOptionValue(option.attributeName())] as const]
        : [],
    ),
    ...command.registeredArguments.flatMap((argument, index) =>
      argumentGrammar(argument, command).kind === 'file'
        ? [[argument.name().toUpperCase(), command.processedArgs[index]] as const]
        : [],
    ),
  ]
  const [first, second] = read.flatMap(([name, values]) =>
    [values].flat().flatMap((value) => (STANDARD_INPUT.includes(String(value)) ? [name] : [])),
  )
  if (first === undefined || second === undefined) return
  throw new WcnError('USAGE', `${first} and ${second} are both to be read from standard input`, {
    hint: 'it can be read once: give one of them as a file',
  })
}
