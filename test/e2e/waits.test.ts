/** What a person, and what a log, sees of a wait: the built tool, in terminals of several widths and without one. */
import { describe, expect, it } from 'vitest'
import { startWcn } from '../support/background.js'
import { watch } from '../support/chain-watch.js'
import { type Account, useDevnet } from '../support/devnet.js'
import { CTRL_C, wcnInTerminal } from '../support/pty.js'

const net = useDevnet()
const chain = watch(
  () => net.rpcUrl,
  () => net.contract,
)
const account = (slot: number) => net.operators[slot] as Account
const ENTER = ['maintenance', 'enter', '--wait', '10m']
const WIPED = '\r\u001b[K'

/** What was drawn on the last line, one after the other. */
const drawings = (screen: string) =>
  screen
    .split('\r')
    .filter((text) => text.includes('\u001b[K') && !text.startsWith('\u001b'))
    .map((text) => text.slice(0, text.indexOf('\u001b[K')))

describe('a wait for the maintenance slot', () => {
  it.each([60, 80, 120])(
    'is one line of a terminal of %i columns, drawn over itself, and gone at Ctrl-C',
    async (columns) => {
      await chain.include(account(1).address, 'setMaintenance', [true])
      const terminal = wcnInTerminal(ENTER, { env: net.signedBy(account(0)), columns })
      await terminal.until(/slot, 2 s so far, 10 min left/)
      await terminal.until(/slot, 4 s so far/)
      terminal.type(CTRL_C)
      expect(await terminal.ended).toBe(130)
      const drawn = drawings(terminal.screen)
      expect(drawn.length).toBeGreaterThan(2)
      for (const line of drawn) {
        expect(line).toMatch(/^waiting for the maintenance slot, /)
        expect(line.length).toBeLessThan(columns)
      }
      // Nothing of it is left beside the error.
      const last = terminal.screen.lastIndexOf(WIPED)
      expect(terminal.screen.slice(last + WIPED.length)).not.toContain('waiting')
      expect(terminal.text).toContain('error: interrupted; nothing was sent')
      await chain.include(account(1).address, 'setMaintenance', [false])
    },
  )

  it.each([{ TERM: 'dumb' }, { TERM: 'xterm' }])(
    'is one line of a log, and of a terminal that moves no cursor: %o',
    async ({ TERM }) => {
      await chain.include(account(1).address, 'setMaintenance', [true])
      const env = { ...net.signedBy(account(0)), TERM }
      const run = TERM === 'dumb' ? wcnInTerminal(ENTER, { env }) : startWcn([...ENTER, '--yes'], { env })
      await run.until('waiting for the maintenance slot, 10 min left')
      await chain.include(account(1).address, 'setMaintenance', [false])
      if ('type' in run) {
        await run.until('Send this transaction?')
        run.type('y\r')
        expect(await run.ended).toBe(0)
        expect(run.screen).not.toContain(WIPED)
      } else {
        const { code, stderr } = await run.ended
        expect(code, stderr).toBe(0)
        expect(stderr.match(/waiting for the maintenance slot/g)).toHaveLength(1)
      }
      await chain.include(account(0).address, 'setMaintenance', [false])
    },
  )
})

it('a wait for a block says which transaction it is, how long already and until when', async () => {
  await net.rpc('evm_setAutomine', false)
  try {
    const terminal = wcnInTerminal(['operator', 'rename', 'waited for', '--yes'], {
      env: net.signedBy(account(2)),
      columns: 100,
    })
    await terminal.until(/waiting for transaction 0x\w{4}…\w{4}, 2 s so far, 11\d s left: it waits in the pool/)
    await net.rpc('anvil_mine')
    expect(await terminal.ended, terminal.text).toBe(0)
    // The hash is said whole, above.
    expect(terminal.text).toMatch(/sending transaction 0x[0-9a-f]{64}/)
  } finally {
    await net.rpc('evm_setAutomine', true)
  }
})
