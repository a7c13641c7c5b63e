/** Refuses a flag that is given twice with different values, where one of them would have to win silently. */
import type { Command } from 'commander'

/** What decides where a write goes, what is written, and who signs it. Of other flags the last one counts, as usual. */
const ONE_VALUE = [
  ...['--env-file', '--context', '--contract-address', '--chain-id', '--operator', '--file', '--plan', '--answers'],
  ...['--private-key-file', '--private-key', '--keystore', '--password-file', '--kms-key-id'],
  ...['--encryption-key-file', '--encryption-key'],
]

/** Which of two values is meant can't be told, and the last must not win silently. */
export function refuseContradictions(command: Command): void {
  for (const option of command.options) {
    if (option.variadic || !ONE_VALUE.includes(option.long ?? '')) continue
    let first: string | undefined
    command.on(`option:${option.name()}`, (value: string) => {
      if (first !== undefined && first !== value)
        command.error(`error: ${option.long} is given twice, with different values`)
      first = value
    })
  }
}
