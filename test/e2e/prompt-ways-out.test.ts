/** A question is left in many ways; after each of them the terminal is as it was, cursor and echo included. */
import { describe, expect, it } from 'vitest'
import { BIN } from '../support/cli.js'
import { installed } from '../support/installed.js'
import { CTRL_C, ENTER, inTerminal, type Terminal, wcnInTerminal } from '../support/pty.js'

const CTRL_D = '\u0004'
const CTRL_Z = '\u001a'
const SECRET = 'dWgbzCQBxrFt7E3CKlepTVslDB3kf/ID1H/lQs0HRC4='
const SHOW_CURSOR = '\u001b[?25h'
const HIDE_CURSOR = '\u001b[?25l'
const QUESTION = 'Secret key'
const LETTER_TAKEN_BACK = 'x\u007f'

function expectCursor({ screen }: Terminal): void {
  expect(screen.lastIndexOf(SHOW_CURSOR), JSON.stringify(screen)).toBeGreaterThan(screen.lastIndexOf(HIDE_CURSOR))
}

const howOften = ({ screen }: Terminal, what: string) => screen.split(what).length - 1

async function untilDrawn(terminal: Terminal): Promise<void> {
  await expect.poll(() => howOften(terminal, QUESTION)).toBeGreaterThan(0)
}

async function atPrompt(): Promise<Terminal> {
  const terminal = wcnInTerminal(['key', 'inspect'])
  await untilDrawn(terminal)
  return terminal
}

describe('a hidden question', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('is left by %s from outside', async (signal) => {
    const terminal = await atPrompt()
    terminal.kill(signal)
    expect(await terminal.ended).toBe(130)
    expectCursor(terminal)
  })

  it.each([
    ['Ctrl-C', [CTRL_C]],
    ['Ctrl-D', [CTRL_D]],
    ['Ctrl-Z, where no shell can continue it, then Ctrl-C', [CTRL_Z, CTRL_C]],
    ['Ctrl-Z twice, then Ctrl-C', [CTRL_Z, CTRL_Z, CTRL_C]],
    ['half an answer, then Ctrl-C', [SECRET.slice(0, 20), CTRL_C]],
  ] as const)('is left by %s', async (_, keys) => {
    const terminal = await atPrompt()
    for (const key of keys) {
      const shown = howOften(terminal, SHOW_CURSOR)
      terminal.type(key)
      if (key === CTRL_Z) await expect.poll(() => howOften(terminal, SHOW_CURSOR)).toBe(shown + 1)
    }
    expect(await terminal.ended).toBe(130)
    expectCursor(terminal)
    expect(terminal.screen).not.toContain(SECRET.slice(0, 6))
  })

  it('is answered', async () => {
    const terminal = await atPrompt()
    terminal.type(`${SECRET}${ENTER}`)
    expect(await terminal.ended).toBe(0)
    expectCursor(terminal)
  })
})

describe.skipIf(!installed('bash', '-c', 'true'))('with a shell', () => {
  it('Ctrl-Z gives the terminal back, and fg hides what is typed again', async () => {
    const shell = inTerminal('bash', ['--norc', '--noprofile', '-i'], { env: { PS1: '$ ' } })
    shell.type(`${process.execPath} ${BIN} key inspect\r`)
    await untilDrawn(shell)
    shell.type(CTRL_Z)
    await shell.until('Stopped')
    expectCursor(shell)
    const drawn = howOften(shell, QUESTION)
    shell.type('fg\r')
    // It draws again once it has the keys again.
    const drawnAgain = () => {
      shell.type(LETTER_TAKEN_BACK)
      return howOften(shell, QUESTION)
    }
    await expect.poll(drawnAgain).toBeGreaterThan(drawn)
    shell.type(`${SECRET}${ENTER}`)
    await shell.until('12D3KooW')
    expectCursor(shell)
    expect(shell.screen).not.toContain(SECRET.slice(0, 6))
    shell.type('exit\r')
    expect(await shell.ended).toBe(0)
  })
})
