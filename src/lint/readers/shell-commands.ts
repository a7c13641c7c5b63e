/** What a line of a script that is no assignment may do to variables. */
import { quote } from '../../base/quote.js'
import { type Fault, notFollowed, syntaxFault } from './env-reading.js'

/** What may set variables. */
const SETS =
  /(?:^|[;&|]\s*)(?:\.|source|eval|unset|read|readonly|declare|typeset|local|alias|trap|getopts|let|export)(?=\s|$)/
const ASSIGNED = /(?:^|[\s;&|({])[A-Za-z_][A-Za-z0-9_]*=/
/** What goes on over lines, and decides whether and how often anything in it is done. */
const COMPOUND =
  /^(?:(?:if|then|else|elif|fi|for|while|until|case|esac|select|do|done|function|coproc|\[\[|[{}!])(?=\s|$)|[(`$]|[^\s;&|<>'"]*\()/
/** What makes no difference to a service. */
const HARMLESS = /^(?:set|cd|umask|ulimit)(?=\s|$)/
const RUNS_SERVICE = /(?:^|[\s/])wcn[-_](?:node|db)(?=[\s;&|<>]|$)/
const OURS = /wcn[-_/]?(?:node|db)|SECRET_KEY|_RPC_SERVER_PORT/i

/** Whether a line begins what goes on behind it, or is a part of that. */
export function isCompound(line: string): boolean {
  return COMPOUND.test(line) || isUnclosed(line)
}

/** A here-document, quotes or brackets that the line does not close. */
export function isUnclosed(line: string): boolean {
  const bare = line.replace(/\\./g, '').replace(/'[^']*'|"[^"]*"|`[^`]*`/g, ' ')
  return /<<|['"`]/.test(bare) || (bare.match(/[({]/g) ?? []).length !== (bare.match(/[)}]/g) ?? []).length
}

export function runsService(line: string): boolean {
  return RUNS_SERVICE.test(line) && !startsContainer(line)
}

export function maySet(line: string): boolean {
  return SETS.test(line) || ASSIGNED.test(line)
}

export function isHarmless(line: string): boolean {
  return HARMLESS.test(line)
}

/** Of one of the services, with `docker run` and the like. */
export function startsOurContainer(line: string): boolean {
  return OURS.test(line) && startsContainer(line)
}

export function startsContainer(line: string): boolean {
  const runtime = /\b(?:docker|podman|nerdctl)\b/.exec(line)
  return runtime !== null && /\s(?:run|create)\s/.test(line.slice(runtime.index))
}

/** `where`: in a unit or a script. */
export function containerFault(where: string): Fault {
  const what = `${where}, which starts a container: its variables, ports and image are not looked at`
  return notFollowed(what, 'fail', 'check the env file that it reads: `wcn config check FILE --read-by literal`')
}

/** `set -a`: true, `set +a`: false; null where neither is meant. */
export function exportsAll(line: string): boolean | null {
  const sign = /^set[ \t].*?([-+])(?:[a-zA-Z]*a|o[ \t]+allexport)/.exec(line)?.[1]
  return sign === undefined ? null : sign === '-'
}

/** What was meant for an assignment, and is a command to sh. */
export function slipIn(line: string): Fault | null {
  const name = /^([A-Za-z_][A-Za-z0-9_]*)[ \t]+=/.exec(line)?.[1]
  const hint = 'write NAME=value, without blanks around "="'
  if (name !== undefined) return syntaxFault('fail', `sh runs ${quote(name)}: blanks before "="`, hint)
  const noName = /^([^\s='"$`;&|<>()]+)=\S*$/.exec(line)?.[1]
  if (noName === undefined) return null
  const what = `${quote(noName)} is no name of a variable, so sh runs the line`
  return syntaxFault('fail', what, 'names have letters, digits and "_" only')
}
