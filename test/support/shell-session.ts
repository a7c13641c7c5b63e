/** bash, zsh and fish as people have them: a terminal, where a test types a line, presses tab, and sees what came. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { expect } from 'vitest'
import { BIN, cleanEnvironment, type Sandbox } from './cli.js'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

export interface ShellSession {
  /** Types a line and presses tab: what the script offered, and how the line stands now. */
  tab(line: string): Promise<{ readonly offered: readonly string[]; readonly line: string }>
  close(): void
}

export interface SessionOptions {
  readonly shell: Shell
  readonly box: Sandbox
  readonly script: string
  /** What `wcn` is; the built tool unless given. */
  readonly program?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A sentence where the shell is missing, else null. */
export function whyNot(shell: Shell): string | null {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' })
    return null
  } catch {
    return `${shell} is not installed`
  }
}

/** What was offered goes to the file OFFERED, the line to LINE when ctrl-x ctrl-p is pressed; no screen is read. */
const SETUP: Readonly<Record<Shell, string>> = {
  bash: `
set +o history
bind 'set bell-style none'
bind 'set completion-query-items 0'
bind 'set page-completions off'
_seen() { _wcn "$@"; (( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]}" > OFFERED; return 0; }
complete -o default -F _seen wcn
_line() { printf '%s' "$READLINE_LINE" > LINE.part; mv LINE.part LINE; READLINE_LINE=''; }
bind -x '"\\C-x\\C-p": _line'
`,
  zsh: `
setopt no_beep
# Its own key for tab expands what is typed before anything is completed.
bindkey '^I' complete-word
LISTMAX=10000
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi
  local -a hits
  builtin compadd -A hits "$@"
  (( $#hits )) && print -rl -- $hits >> OFFERED
  builtin compadd "$@"
}
_line() { print -rn -- "$BUFFER" > LINE.part; mv LINE.part LINE; BUFFER='' }
zle -N _line
bindkey '^X^P' _line
`,
  fish: `
function _line; printf '%s' (commandline) > LINE.part; mv LINE.part LINE; commandline ''; end
bind \\cx\\cp _line
function _offer; complete -C (commandline -c) | string replace -r '\\t.*' '' > OFFERED; end
bind \\cx\\co _offer
`,
}
const START: Readonly<Record<Shell, (rc: string) => { args: string[]; first: string }>> = {
  bash: (rc) => ({ args: ['--rcfile', rc, '-i'], first: '' }),
  zsh: (rc) => ({ args: ['-f', '-i'], first: `autoload -Uz compinit; compinit -u -D; source ${rc}\r` }),
  fish: (rc) => ({ args: ['--no-config', '-i', '-C', `source ${rc}`], first: '' }),
}
const TAB = '\t'
/** fish tells what is offered apart from the key that completes. */
const OFFER: Readonly<Record<Shell, string>> = { bash: '', zsh: '', fish: '\u0018\u000f' }
const SHOW_LINE = '\u0018\u0010'

/** The session's folder is the sandbox's `NAME`, which it starts in. */
export async function shellSession(name: string, options: SessionOptions): Promise<ShellSession> {
  const { shell, box, script, env } = options
  const program = options.program ?? `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`
  const folder = box.path(name)
  const at = (file: string) => join(folder, file)
  mkdirSync(at('bin'), { recursive: true })
  writeFileSync(at('bin/wcn'), program)
  chmodSync(at('bin/wcn'), 0o755)
  writeFileSync(at('script'), script)
  writeFileSync(at('rc'), `. ./script\n${SETUP[shell]}\nprintf ready > READY\n`.replaceAll('. ./', 'source ./'))
  const { args, first } = START[shell](at('rc'))
  const known = cleanEnvironment({ HOME: folder, TERM: 'xterm', LANG: 'C.UTF-8', ...env })
  const pty = spawn(shell, args, {
    cols: 200,
    rows: 50,
    cwd: folder,
    env: { ...known, PATH: `${at('bin')}:${known.PATH}` },
  })
  let screen = ''
  pty.onData((data) => {
    screen += data
    // fish asks the terminal what it is, and waits for the answer.
    if (data.includes('\u001b[c')) pty.write('\u001b[?1;2c')
  })
  pty.write(first)
  const appears = (file: string) => expect.poll(() => existsSync(at(file)), { message: screen }).toBe(true)
  await appears('READY')
  return {
    async tab(line) {
      for (const file of ['OFFERED', 'LINE']) rmSync(at(file), { force: true })
      pty.write(line + OFFER[shell] + TAB + SHOW_LINE)
      await appears('LINE')
      const offered = existsSync(at('OFFERED')) ? readFileSync(at('OFFERED'), 'utf8').trimEnd().split('\n') : []
      return { offered, line: readFileSync(at('LINE'), 'utf8') }
    },
    close: () => pty.kill('SIGKILL'),
  }
}
