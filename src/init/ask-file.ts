/** Asks for a file that is there, until what is in it will do. */
import type { Services } from '../cli/services.js'
import { complaintOf } from './wizard.js'

/** An absolute path. `check` throws WcnErrors, which become complaints. Throws INPUT_REQUIRED where nobody can be asked. */
export async function askFile(
  { services: { talk, files } }: { readonly services: Services },
  text: string,
  check: (path: string) => unknown,
): Promise<string> {
  const typed = await talk.ask(
    { text, complaint: (path) => complaintOf(path, () => check(files.resolveFrom('-', path))) },
    'give the path of the file in the one that --answers names',
  )
  return files.resolveFrom('-', typed)
}
