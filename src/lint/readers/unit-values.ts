/** Values of settings in unit files, as far as systemd can read them (systemd.exec(5), systemd.service(5), systemd.time(7)). */
import { type Specifiers, specify, unitWords } from './unit-file.js'

export type Test = (value: string, specifiers: Specifiers) => boolean

const BOOLEAN = /^(?:1|yes|y|true|t|on|0|no|n|false|f|off)$/i
const TIME =
  /\d+(?:\.\d*)?\s*(?:[uµμm]?sec|[uµμm]?s|seconds?|min(?:utes?)?|months?|m|M|hours?|hr|h|d(?:ays?)?|w(?:eeks?)?|y(?:ears?)?)?/g
const SIGNAL =
  /^(?:[1-9]|[1-5]\d|6[0-4]|(?:SIG)?(?:RT(?:MIN|MAX)(?:[-+]\d+)?|HUP|INT|QUIT|ILL|TRAP|ABRT|IOT|BUS|FPE|KILL|USR[12]|SEGV|PIPE|ALRM|TERM|STKFLT|CHLD|CLD|CONT|STOP|TSTP|TTIN|TTOU|URG|XCPU|XFSZ|VTALRM|PROF|WINCH|IO|POLL|PWR|SYS))$/
const OUTPUT =
  /^(?:inherit|null|tty|journal|kmsg|syslog|journal\+console|kmsg\+console|syslog\+console|socket|fd(?::.+)?)$/
const GOES_UP = /(?:^|\/)\.\.(?:\/|$)/

export const isBoolean: Test = (value) => BOOLEAN.test(value)
export const isTime: Test = (value) =>
  value === 'infinity' || (/\d/.test(value) && value.replace(TIME, '').trim() === '')
export const isCount: Test = (value) => /^(?:0x[0-9a-f]+|[0-9]+)$/i.test(value)
export const isMode: Test = (value) => /^0*[0-7]{1,4}$/.test(value)
export const isSize: Test = (value) => /^(?:infinity|\d+(?:\.\d+)?(?:%|\s*[BKMGTPE]?))$/.test(value)
export const isSignal: Test = (value) => SIGNAL.test(value)
export const isUser: Test = (value) => !/^["']|[:/]/.test(value)

export function oneOf(list: string): Test {
  const known = new Set(list.split(' '))
  return (value) => known.has(value)
}

export function booleanOr(list: string): Test {
  const others = oneOf(list)
  return (value, specifiers) => BOOLEAN.test(value) || others(value, specifiers)
}

export function wholeNumber(least: number, most: number): Test {
  return (value) => /^[-+]?\d+$/.test(value) && Number(value) >= least && Number(value) <= most
}

/** `soft:hard`, or one for both. */
export function limit(one: RegExp): Test {
  return (value) => {
    const [soft = '', hard = soft, ...more] = value.split(':')
    const fits = [soft, hard].every((each) => each === 'infinity' || one.test(each))
    return more.length === 0 && fits && !(Number(soft) > Number(hard))
  }
}

export const isPath: Test = (value, specifiers) => {
  const { unknown, isAbsolute } = specify(value, specifiers)
  return unknown === null && isAbsolute && !GOES_UP.test(value)
}
export const isOptionalPath: Test = (value, specifiers) => isPath(value.replace(/^-/, ''), specifiers)
export const isFolderOrHome: Test = (value, specifiers) => /^-?~$/.test(value) || isOptionalPath(value, specifiers)

/** Of several words, each. */
const each = (test: Test): Test => {
  return (value, specifiers) => unitWords(value).every(({ text, broken }) => broken === null && test(text, specifiers))
}
export const arePaths = each((word, specifiers) => isPath(word.replace(/^-?\+?/, ''), specifiers))
/** `from:to:options`. */
export const areBinds = each((word, specifiers) => {
  const [from = '', to = from] = word.replace(/^-/, '').split(':')
  return isPath(from, specifiers) && isPath(to, specifiers)
})
/** Below a folder of systemd's. */
export const areFolders = each((word, specifiers) => !isPath(word, specifiers) && !GOES_UP.test(word))
export const areVariables = each((word) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(word))

export const isOutput: Test = (value, specifiers) =>
  OUTPUT.test(value) || isPath(/^(?:file|append|truncate):(.*)$/s.exec(value)?.[1] ?? '', specifiers)

/** A program by its absolute path or its bare name, with prefixes, and words that can be read. */
export const isCommand: Test = (value, specifiers) => {
  const words = unitWords(value.replace(/^[-@:|]*(?:\+|!!?)?[-@:|]*/, ''))
  const [program] = words
  if (words.some(({ broken, text }) => broken !== null || specify(text, specifiers).unknown !== null)) return false
  return program !== undefined && (isPath(program.text, specifiers) || /^[^/\s]+$/.test(program.text))
}
