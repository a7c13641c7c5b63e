/** Asks questions, on a terminal only. They are drawn on stderr, so that stdout stays the result. */
import inquirer, { type DistinctQuestion } from 'inquirer'
import { escapeUntrusted } from '../base/escape.js'
import { looksLikeKey } from '../base/key-like.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Paint } from './paint.js'

export interface Question {
  readonly text: string
  /** What Enter alone means; undefined: something has to be typed. */
  readonly default?: string
  /** What is wrong with an answer, in a sentence; null where it will do. */
  readonly complaint?: (answer: string) => Promise<string | null>
}

export interface Choice {
  readonly text: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly default?: string
}

const prompt = inquirer.createPromptModule({ output: process.stderr })

/** The default is no: an Enter too many must not send anything. */
export async function confirm(question: string, paint: Paint): Promise<boolean> {
  const yes = await answer({ ...common(question, paint), type: 'confirm', default: false })
  return yes === true
}

/** A star for each letter shows that it was typed or pasted. Without the library's key that would show it. */
export async function askHidden(question: string, paint: Paint): Promise<string> {
  return String(await answer({ ...common(question, paint), type: 'password', mask: '*', toggleMask: false }))
}

/** One line, corrected until nothing is wrong with it; the complaint stands below the line meanwhile. */
export async function ask({ text, default: usual, complaint }: Question, paint: Paint): Promise<string> {
  const typed = await answer({
    ...common(text, paint),
    type: 'input',
    ...(usual === undefined ? {} : { default: usual }),
    validate: async (line) => {
      if (line.trim() === '') return 'an answer is needed here'
      const fault = (await complaint?.(line.trim())) ?? null
      return fault === null || escapeUntrusted(fault)
    },
    transformer: (line, { isFinal }) => {
      if (looksLikeKey(line)) return '[not shown: it looks like a key]'
      return isFinal ? paint.good(line) : line
    },
  })
  return String(typed).trim()
}

export async function choose({ text, options, default: usual }: Choice, paint: Paint): Promise<string> {
  const choices = options.map(({ value, label }) => ({ value, name: escapeUntrusted(label) }))
  const pageSize = Math.max(7, choices.length)
  const chosen = usual === undefined ? {} : { default: usual }
  return String(await answer({ ...common(text, paint), type: 'select', choices, pageSize, ...chosen }))
}

function common(text: string, paint: Paint) {
  return { name: 'value', message: escapeUntrusted(text), theme: themeOf(paint) }
}

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

async function answer(question: DistinctQuestion): Promise<unknown> {
  const asked = prompt([question])
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
