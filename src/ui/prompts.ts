/** The questions themselves, drawn on stderr so that stdout stays the result. Only ever asked on a terminal. */
import inquirer from 'inquirer'
import { WcnError } from '../errors/wcn-error.js'

const ask = inquirer.createPromptModule({ output: process.stderr })

/** The default is no: an Enter too many must not send anything. */
export async function confirm(question: string): Promise<boolean> {
  return (await answer({ type: 'confirm', message: question, default: false })) === true
}

export async function askHidden(question: string): Promise<string> {
  return String(await answer({ type: 'password', message: question, mask: false }))
}

type Question = { readonly message: string } & (
  | { readonly type: 'confirm'; readonly default: boolean }
  | { readonly type: 'password'; readonly mask: boolean }
)

async function answer(question: Question): Promise<unknown> {
  try {
    return (await ask([{ ...question, name: 'value' }])).value
  } catch (error) {
    // Ctrl-C and a closed terminal both end the prompt this way.
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new WcnError('INTERRUPTED', 'interrupted; nothing was sent', { cause: error })
    throw error
  }
}
