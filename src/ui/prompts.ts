/** The questions themselves, drawn on stderr so that stdout stays the result. Only ever asked on a terminal. */
import inquirer from 'inquirer'
import { WcnError } from '../errors/wcn-error.js'
import type { Paint } from './paint.js'

const ask = inquirer.createPromptModule({ output: process.stderr })

/** The default is no: an Enter too many must not send anything. */
export async function confirm(question: string, paint: Paint): Promise<boolean> {
  return (await answer({ type: 'confirm', message: question, default: false, theme: themeOf(paint) })) === true
}

/** Without the library's key that would show it. */
export async function askHidden(question: string, paint: Paint): Promise<string> {
  return String(
    await answer({ type: 'password', message: question, mask: false, toggleMask: false, theme: themeOf(paint) }),
  )
}

type Question = { readonly message: string; readonly theme: ReturnType<typeof themeOf> } & (
  | { readonly type: 'confirm'; readonly default: boolean }
  | { readonly type: 'password'; readonly mask: boolean; readonly toggleMask: boolean }
)

/** The library's own colours know nothing of --no-color. */
function themeOf(paint: Paint) {
  return {
    prefix: { idle: paint.warn('?'), done: paint.good('✔') },
    style: {
      answer: paint.good,
      message: paint.bold,
      error: (text: string) => paint.bad(`> ${text}`),
      defaultAnswer: (text: string) => paint.dim(`(${text})`),
      help: paint.dim,
    },
  }
}

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
