/** The questions themselves, drawn on stderr so that stdout stays the result. Only ever asked on a terminal. */
import inquirer from 'inquirer'
import { looksLikeKey } from '../base/key-like.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Choice, Question } from './conversation.js'
import { escapeUntrusted } from './escape.js'
import type { Paint } from './paint.js'

const prompt = inquirer.createPromptModule({ output: process.stderr })

/** The default is no: an Enter too many must not send anything. */
export async function confirm(question: string, paint: Paint): Promise<boolean> {
  return (
    (await answer({ type: 'confirm', message: escapeUntrusted(question), default: false, theme: themeOf(paint) })) ===
    true
  )
}

/** Without the library's key that would show it. */
export async function askHidden(question: string, paint: Paint): Promise<string> {
  return String(
    await answer({
      type: 'password',
      message: escapeUntrusted(question),
      mask: false,
      toggleMask: false,
      theme: themeOf(paint),
    }),
  )
}

/** One line, corrected until nothing is wrong with it; the complaint stands below the line meanwhile. */
export async function ask({ text, default: usual, complaint }: Question, paint: Paint): Promise<string> {
  const trimmed = (typed: string) => typed.trim()
  return trimmed(
    String(
      await answer({
        type: 'input',
        message: escapeUntrusted(text),
        ...(usual === undefined ? {} : { default: usual }),
        validate: async (typed) => {
          if (trimmed(typed) === '') return 'an answer is needed here'
          const fault = await complaint?.(trimmed(typed))
          return fault === undefined || fault === null ? true : escapeUntrusted(fault)
        },
        transformer: (typed, { isFinal }) => {
          if (looksLikeKey(typed)) return '[not shown: it looks like a key]'
          return isFinal ? paint.good(typed) : typed
        },
        theme: themeOf(paint),
      }),
    ),
  )
}

export async function choose({ text, options, default: usual }: Choice, paint: Paint): Promise<string> {
  const choices = options.map(({ value, label }) => ({ value, name: escapeUntrusted(label) }))
  return String(
    await answer({
      type: 'select',
      message: escapeUntrusted(text),
      choices,
      pageSize: Math.max(7, choices.length),
      ...(usual === undefined ? {} : { default: usual }),
      theme: themeOf(paint),
    }),
  )
}

type Prompt = { readonly message: string; readonly theme: ReturnType<typeof themeOf> } & (
  | { readonly type: 'confirm'; readonly default: boolean }
  | { readonly type: 'password'; readonly mask: boolean; readonly toggleMask: boolean }
  | {
      readonly type: 'input'
      readonly default?: string
      readonly validate: (typed: string) => Promise<string | true>
      readonly transformer: (typed: string, state: { readonly isFinal?: boolean }) => string
    }
  | {
      readonly type: 'select'
      readonly choices: readonly { readonly value: string; readonly name: string }[]
      readonly pageSize: number
      readonly default?: string
    }
)

/** The library's own colours know nothing of --no-color. */
function themeOf(paint: Paint) {
  return {
    prefix: { idle: paint.warn('?'), done: paint.good('✔') },
    style: {
      answer: (text: string) => paint.good(text),
      // More than the text is passed on, and the colours' library would show it.
      message: (text: string) => paint.bold(text),
      error: (text: string) => paint.bad(`> ${text}`),
      defaultAnswer: (text: string) => paint.dim(`(${escapeUntrusted(text)})`),
      help: (text: string) => paint.dim(text),
      highlight: (text: string) => paint.good(text),
      key: (text: string) => paint.bold(text),
      keysHelpTip: (keys: [key: string, action: string][]) =>
        keys.map(([key, action]) => `${paint.bold(key)} ${paint.dim(action)}`).join(paint.dim(' • ')),
    },
    // It turns while an answer is looked at.
    spinner: { interval: 80, frames: [paint.warn('?')] },
  }
}

async function answer(question: Prompt): Promise<unknown> {
  const asked = prompt([{ ...question, name: 'value' }])
  const dispose = onceNobodyAnswers(() => asked.ui.close())
  try {
    return (await asked).value
  } catch (error) {
    if (error instanceof Error && ENDINGS.has(error.name))
      throw new WcnError('INTERRUPTED', 'interrupted; nothing was sent', { cause: error })
    throw error
  } finally {
    dispose()
  }
}

/** Ctrl-C, and what onceNobodyAnswers notices. */
const ENDINGS = new Set(['ExitPromptError', 'AbortPromptError'])
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const
const SHOW_CURSOR = '\u001b[?25h'

/**
 * The library waits on when its input ends, by Ctrl-D or with the terminal, which shows by input being paused; and a
 * signal's handlers would leave before it has given the cursor back. Ctrl-Z pauses as well, but comes back.
 */
function onceNobodyAnswers(leave: () => void): () => void {
  const { stdin, stderr } = process
  let stopped = false
  const giveBack = () => void stderr.write(SHOW_CURSOR)
  const onPause = () => {
    if (!stopped) leave()
  }
  const onContinue = () => {
    stopped = true
    setImmediate(() => {
      stdin.resume()
      stopped = false
    })
  }
  /** Whoever has the terminal meanwhile sees their cursor; nothing that is typed afterwards is echoed. */
  const onSuspend = () => {
    giveBack()
    stdin.setRawMode(false)
    process.off('SIGTSTP', onSuspend)
    // Stops here, until it is continued; not at all where no shell could do that.
    process.kill(process.pid, 'SIGTSTP')
    process.on('SIGTSTP', onSuspend)
    stdin.setRawMode(true)
  }
  stdin.on('pause', onPause)
  process.on('SIGCONT', onContinue)
  process.on('SIGTSTP', onSuspend)
  for (const signal of SIGNALS) process.on(signal, leave)
  process.on('exit', giveBack)
  return () => {
    stdin.off('pause', onPause)
    process.off('SIGCONT', onContinue)
    process.off('SIGTSTP', onSuspend)
    for (const signal of SIGNALS) process.off(signal, leave)
    process.off('exit', giveBack)
    // Input that was resumed past the library is not paused by it, and would keep the process alive.
    stdin.pause()
  }
}
