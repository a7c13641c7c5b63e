/** Takes a value as an argument or, as the Rust tool spells it, as a flag. */
import { WcnError } from '../errors/wcn-error.js'

/** `noun` and `forms` are for the sentences: "the node", "its index, peer ID or ip:port". Throws USAGE. */
export function argumentOrFlag(
  argument: string | undefined,
  flag: string | undefined,
  { noun, forms }: { readonly noun: string; readonly forms: string },
): string {
  if (argument !== undefined && flag !== undefined && argument !== flag)
    throw new WcnError('USAGE', `the ${noun} is given twice`, { hint: `give ${forms} once` })
  const given = argument ?? flag
  if (given !== undefined) return given
  throw new WcnError('USAGE', `it is not said which ${noun} is meant`, { hint: `give ${forms}` })
}
