/** The journey of somebody at a terminal: asked before anything is sent, never shown a secret, free to change their mind. */
import { readFileSync, statSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { type Sandbox, sandbox, wcn, wcnJson } from '../support/cli.js'
import { type Account, type Devnet, useDevnet } from '../support/devnet.js'
import { COLOUR, CTRL_C, ENTER, wcnInTerminal } from '../support/pty.js'

const ASKED = 'Send this transaction?'
const HASH = /0x[0-9a-f]{64}/

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

async function newPeerId(): Promise<string> {
  return (await wcnJson(['key', 'generate'])).data.peer_id
}

function addNode(peerId: string, ip: string): string[] {
  return ['nodes', 'add', '-i', peerId, '-a', ip, '-p', '3010', '-s', '3011']
}

async function namesOf(devnet: Devnet, { address }: Account): Promise<readonly string[]> {
  const { data } = await wcnJson(['nodes', 'list', '--operator', address], { env: devnet.cluster })
  return data.nodes.map((node: { peer_id: string }) => node.peer_id)
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

/** Key files as a person has them, and the settings that all commands share. */
function atHome(): { readonly home: Sandbox; readonly env: Record<string, string> } {
  return { home: box, env: { ...net.cluster, HOME: box.path('.') } }
}

describe('becoming an operator', () => {
  it('goes from keys to a place on chain by answering questions', async () => {
    const { home, env } = atHome()
    const cwd = home.path('.')

    const keygen = wcnInTerminal(['operator', 'keygen', '--out', 'operator.key'], { cwd })
    expect(await keygen.ended).toBe(0)
    expect(modeOf(home.path('operator.key'))).toBe(0o600)
    const privateKey = readFileSync(home.path('operator.key'), 'utf8').trim()
    expect(keygen.text).not.toContain(privateKey.slice(2))
    const address = /0x[0-9a-fA-F]{40}/.exec(keygen.text)?.[0] ?? ''
    expect(address).not.toBe('')

    const secrets: string[] = []
    for (const name of ['node-a.key', 'node-b.key']) {
      const generate = wcnInTerminal(['key', 'generate', '--out', name], { cwd })
      expect(await generate.ended).toBe(0)
      expect(modeOf(home.path(name))).toBe(0o600)
      const secret = readFileSync(home.path(name), 'utf8').trim()
      expect(generate.text).not.toContain(secret)
      expect(generate.text).toContain('12D3KooW')
      secrets.push(secret)
    }

    // The secret is typed at a prompt that does not show it.
    const inspect = wcnInTerminal(['key', 'inspect'], { cwd })
    await inspect.until('Secret key')
    // Ctrl-T is the prompt library's key for showing what is typed.
    inspect.type(`${secrets[0]}\u0014${ENTER}`)
    await inspect.until('peer ID')
    expect(await inspect.ended).toBe(0)
    const peerA = /12D3KooW\w+/.exec(inspect.text)?.[0] ?? ''
    for (const length of [44, 20, 8]) expect(inspect.screen).not.toContain(secrets[0]?.slice(0, length))
    const peerB = (await wcnJson(['key', 'inspect', '--secret-key-file', home.path('node-b.key')])).data.peer_id

    await net.rpc('anvil_setBalance', address, '0x2386f26fc10000')
    const own = { ...env, WCN_PRIVATE_KEY_FILE: home.path('operator.key') }
    const register = [
      ...['operator', 'register', '--name', 'newcomer', '--out', 'request.json'],
      ...['--node', `${peerA},1.2.3.4,3010,3011`, '--node', `${peerB},1.2.3.5,3010,3011`],
      ...['--secret-key-file', 'node-a.key', '--secret-key-file', 'node-b.key'],
    ]
    const registering = wcnInTerminal(register, { cwd, env: own })
    // What was proven may be kept; it need not.
    await registering.until('Keep these settings as the context mine')
    registering.type(`\u001b[B${ENTER}`)
    await registering.until('request.json')
    expect(await registering.ended).toBe(0)

    const owner = { ...env, WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.owner.privateKey }
    const approve = wcnInTerminal(['admin', 'operator', 'approve', 'request.json'], { cwd, env: owner })
    await approve.until('newcomer')
    await approve.until(ASKED)
    approve.type(`y${ENTER}`)
    expect(await approve.ended).toBe(0)
    expect(approve.text).toContain('On chain, byte for byte as requested.')

    const standing = wcnInTerminal(register, { cwd, env: own })
    expect(await standing.ended).toBe(0)
    expect(standing.text).toContain('On chain, exactly as requested.')
    const view = wcnInTerminal(['operator', 'view'], { cwd, env: own })
    expect(await view.ended).toBe(0)
    for (const shown of ['newcomer', peerA, peerB, '1.2.3.4', '1.2.3.5']) expect(view.text).toContain(shown)
    for (const terminal of [registering, approve, standing, view])
      for (const secret of [...secrets, privateKey.slice(2), net.owner.privateKey.slice(2)])
        expect(terminal.screen).not.toContain(secret)
  })

  it('shows nothing of a secret that is typed wrongly', async () => {
    const typed = `${'A'.repeat(20)}canary${'B'.repeat(20)}`
    const inspect = wcnInTerminal(['key', 'inspect'])
    await inspect.until('Secret key')
    inspect.type(`${typed}${ENTER}`)
    expect(await inspect.ended).toBe(2)
    expect(inspect.text).toContain('what was typed')
    expect(inspect.screen).not.toContain('canary')
  })
})

describe('a write', () => {
  it('shows what changes and what it costs, and sends nothing unless the answer is yes', async () => {
    const [operator] = net.operators as [Account]
    const env = net.signedBy(operator)
    const peerId = await newPeerId()
    const before = await net.state()
    for (const answer of [`n${ENTER}`, ENTER]) {
      const refused = wcnInTerminal(addNode(peerId, '20.1.0.1'), { env })
      await refused.until(`+ nodes[2]  peer_id=${peerId} ipv4_addr=20.1.0.1`)
      await refused.until('cost at most')
      await refused.until(ASKED)
      refused.type(answer)
      expect(await refused.ended).toBe(3)
      expect(refused.text).toContain('nothing was sent')
    }
    const interrupted = wcnInTerminal(addNode(peerId, '20.1.0.1'), { env })
    await interrupted.until(ASKED)
    interrupted.type(CTRL_C)
    expect(await interrupted.ended).toBe(130)
    expect(interrupted.text).toContain('nothing was sent')
    expect(await net.state()).toEqual(before)
    expect(await namesOf(net, operator)).not.toContain(peerId)

    const accepted = wcnInTerminal(addNode(peerId, '20.1.0.1'), { env })
    await accepted.until(ASKED)
    accepted.type(`y${ENTER}`)
    await accepted.until(/sending transaction 0x[0-9a-f]{64}/)
    await accepted.until('included and read back')
    expect(await accepted.ended).toBe(0)
    expect(await namesOf(net, operator)).toContain(peerId)
  })

  it('is not asked about when it would change nothing', async () => {
    const [, operator] = net.operators as [Account, Account]
    const before = await net.state()
    const rename = wcnInTerminal(['operator', 'rename', 'Bluefin'], { env: net.signedBy(operator) })
    expect(await rename.ended).toBe(0)
    expect(rename.text).toContain('nothing to do')
    expect(await net.state()).toEqual(before)
  })

  it('goes through maintenance and back', async () => {
    const [, , operator] = net.operators as [Account, Account, Account]
    const env = net.signedBy(operator)
    const status = async () => (await wcnJson(['maintenance', 'status'], { env: net.cluster })).data.maintenance
    for (const [verb, holder] of [
      ['enter', operator.address],
      ['exit', null],
    ] as const) {
      const terminal = wcnInTerminal(['maintenance', verb], { env })
      await terminal.until(ASKED)
      terminal.type(`y${ENTER}`)
      expect(await terminal.ended).toBe(0)
      expect(await status()).toBe(holder)
    }
  })
})

describe('on a chain with a long block time', () => {
  const slow = useDevnet('--block-time', '600')

  it('Ctrl-C while it waits shows the hash and leaves the outcome open', async () => {
    const [operator] = slow.operators as [Account]
    const peerId = await newPeerId()
    const terminal = wcnInTerminal(addNode(peerId, '20.1.0.9'), { env: slow.signedBy(operator) })
    await terminal.until(ASKED)
    terminal.type(`y${ENTER}`)
    await terminal.until(/sending transaction 0x[0-9a-f]{64}/)
    const hash = HASH.exec(terminal.text)?.[0] ?? ''
    // It is on its way, and no block comes.
    await expect.poll(() => slow.rpc('eth_getTransactionByHash', hash)).toMatchObject({ hash, blockNumber: null })
    terminal.type(CTRL_C)
    expect(await terminal.ended).toBe(6)
    expect(terminal.text.slice(terminal.text.indexOf('error:'))).toContain(hash)

    // While it waits, nothing is built upon it.
    const busy = await wcnJson(['operator', 'rename', 'Other', '--yes', '--timeout', '4'], {
      env: slow.signedBy(operator),
    })
    expect(busy).toMatchObject({ code: 7, error: { code: 'ACCOUNT_BUSY' } })
    await slow.rpc('evm_mine')
    expect(await namesOf(slow, operator)).toContain(peerId)
  })
})

describe('colour', () => {
  it('is on a terminal only, and can be turned off', async () => {
    const env = net.cluster
    const screenOf = async (args: readonly string[], more: Record<string, string> = {}) => {
      const terminal = wcnInTerminal(args, { env: { ...env, ...more } })
      expect(await terminal.ended).toBe(0)
      expect(terminal.text).toContain('operators')
      return terminal.screen
    }
    const [coloured, flag, variable, dumb, forcedOff, piped, pipedOff, forced] = await Promise.all([
      screenOf(['cluster', 'view']),
      screenOf(['cluster', 'view', '--no-color']),
      screenOf(['cluster', 'view'], { NO_COLOR: '1' }),
      screenOf(['cluster', 'view'], { TERM: 'dumb' }),
      screenOf(['cluster', 'view'], { FORCE_COLOR: '0' }),
      wcn(['cluster', 'view'], { env }),
      wcn(['cluster', 'view'], { env: { ...env, FORCE_COLOR: 'false' } }),
      wcn(['cluster', 'view'], { env: { ...env, FORCE_COLOR: '1' } }),
    ])
    for (const colours of [coloured, forced.stdout]) expect(colours).toMatch(COLOUR)
    for (const plain of [flag, variable, dumb, forcedOff, piped.stdout, pipedOff.stdout])
      expect(plain).not.toMatch(COLOUR)
  })

  it('stays off in questions and errors too', async () => {
    const [operator] = net.operators as [Account]
    const env = net.signedBy(operator)
    for (const [flags, more] of [
      [['--no-color'], {}],
      [[], { NO_COLOR: '1' }],
    ] as const) {
      const terminal = wcnInTerminal(['operator', 'rename', 'Colourless', ...flags], { env: { ...env, ...more } })
      await terminal.until(ASKED)
      terminal.type(`n${ENTER}`)
      expect(await terminal.ended).toBe(3)
      expect(terminal.screen).not.toMatch(COLOUR)
    }
  })
})

it('asks nobody where --no-input, CI or --json says so, even on a terminal', async () => {
  const [operator] = net.operators as [Account]
  const env = net.signedBy(operator)
  const before = await net.state()
  for (const [flags, more] of [
    [['--no-input'], {}],
    [[], { CI: 'true' }],
    [['--json'], {}],
  ] as const) {
    const terminal = wcnInTerminal(['operator', 'rename', 'Nobody', ...flags], { env: { ...env, ...more } })
    expect(await terminal.ended).toBe(3)
    expect(terminal.text).not.toContain(ASKED)
    expect(terminal.text).toContain('--yes')
  }
  expect(await net.state()).toEqual(before)
})
