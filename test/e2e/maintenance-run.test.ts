/** `maintenance run` with real commands and real providers that fail, killed and run twice: the slot is as it should be. */
import { writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { encodeNodeSecretKey } from '../../src/base/keys/node-keypair.js'
import { wcn as plainWcn } from '../support/cli.js'
import { type Exchange, passOn, SEND } from '../support/fault-proxy.js'
import { endOf, useMaintenance } from '../support/maintenance.js'
import { quicAvailable, startTestDatabase, startTestNode, type TestStandIn } from '../support/stand-ins.js'

const { net, box, operator, holder, start, wcn, proxy } = useMaintenance()
const own = () => operator().address

describe('a command', () => {
  it('succeeds: the result is the document, and the command’s output is not in it', async () => {
    const run = start('echo output; echo "slot: $(cat)"; env > "$OUT"', { flags: ['--pass-env', 'WCN_CHAIN_ID'] })
    const end = await endOf(run)
    expect(end).toMatchObject({ code: 0, data: { slot: 'given-back', command: { exit_code: 0 } } })
    for (const line of ['output', 'slot: ']) expect(end.stderr.split('\n')).toContain(line)
    expect(run.written()).toContain('WCN_CHAIN_ID=31337')
    expect(run.written()).not.toMatch(/SMART_CONTRACT|WCN_STATE_DIR|RPC_PROVIDER/)
    expect(await holder()).toBeNull()
  })

  it.each([
    ['that failed keeps the slot', 'exit 3', [], { exit_code: 3, signal: null }, true],
    ['that was killed does so too', 'kill -KILL $$', [], { exit_code: null, signal: 'SIGKILL' }, true],
    [
      'that failed gives it back with --on-failure release',
      'exit 3',
      ['--on-failure', 'release'],
      { exit_code: 3 },
      false,
    ],
  ])('%s', async (_, script, flags, command, kept) => {
    const end = await endOf(start(script, { flags }))
    expect(end).toMatchObject({ code: 11, error: { details: { slot: kept ? 'kept' : 'given-back', command } } })
    expect(await holder()).toBe(kept ? own() : null)
  })

  it('that is none is refused before anything is sent', async () => {
    const before = await net.state()
    const args = ['maintenance', 'run', '--yes', '--', '/no/such/program']
    const env = { ...net.signedBy(operator()), WCN_STATE_DIR: box.path('state-none') }
    expect(await plainWcn(args, { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('no such program') })
    expect(await plainWcn(['maintenance', 'run', '--yes'], { env })).toMatchObject({ code: 2 })
    expect(await net.state()).toEqual(before)
  })

  it('is only shown by --dry-run, and not run', async () => {
    const run = start('echo ran > "$OUT"', { flags: ['--dry-run'] })
    expect(await endOf(run)).toMatchObject({ code: 0, data: { dry_run: true, slot: 'not-taken', command: null } })
    expect([await holder(), run.written()]).toEqual([null, ''])
  })
})

describe('two jobs with one key on two machines', () => {
  it('never share the slot, though they plan on the same block', async () => {
    const providers = [await proxy(), await proxy()]
    const held: Exchange[] = []
    for (const provider of providers)
      provider.decide = (exchange) => {
        if (!exchange.asks(SEND) || held.length >= 2) return passOn
        // Both are signed before either of them is sent.
        return () => {
          held.push(exchange)
          if (held.length === 2) for (const one of held) void passOn(one)
        }
      }
    const jobs = providers.map(({ url }, n) =>
      start('echo ran >> "$OUT"; sleep 1', { provider: url, machine: `machine-${n}` }),
    )
    const ends = await Promise.all(jobs.map(endOf))
    expect(ends.map(({ code }) => code).sort(), JSON.stringify(ends)).toEqual([0, 7])
    expect(jobs.map(({ written }) => written()).join('')).toBe('ran\n')
    expect(providers[0]?.raw[0]).not.toBe(providers[1]?.raw[0])
    expect(await holder()).toBeNull()
  })
})

describe('a provider that is gone when the slot is to be given back', () => {
  it('is tried again until somebody has enough of that: exit 6, and it is given back later', async () => {
    const provider = await proxy()
    const script = 'echo up; for step in $(seq 900); do [ -e "$OUT.go" ] && exit 0; sleep 0.1; done'
    const run = start(script, { provider: provider.url })
    await run.until('up\n')
    provider.decide = () => (exchange) => exchange.drop()
    writeFileSync(`${run.out}.go`, '')
    await run.until('trying again')
    run.interrupt('SIGTERM')
    const { code, error } = await endOf(run)
    expect({ code, error }).toMatchObject({
      code: 6,
      error: { code: 'SLOT_NOT_GIVEN_BACK', details: { slot: 'unknown', command: { exit_code: 0 } } },
    })
    expect(error.hint).toMatch(/wcn tx resume.*wcn maintenance exit/)
    expect(await holder()).toBe(own())
    expect(await wcn(['maintenance', 'exit', '--yes'])).toMatchObject({ code: 0, data: { changed: true } })
    expect(await holder()).toBeNull()
  })
})

describe.skipIf(!quicAvailable)('the database, asked through a real node,', () => {
  const running: TestStandIn[] = []
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop()
  })

  it('decides about the slot: kept while it is down, given back once it is up though the command failed', async () => {
    const database = await startTestDatabase()
    const [node, other] = [await startTestNode(net, { database }), await startTestNode(net)]
    running.push(database, node, other)
    await database.misbehave({ primary: 'off', secondary: 'off' })
    const list = [node, other].map(({ peerId, host, primaryPort, secondaryPort }) => ({
      peer_id: peerId,
      ipv4_addr: host,
      private_ipv4_addr: null,
      primary_port: primaryPort,
      secondary_port: secondaryPort,
    }))
    writeFileSync(box.path('nodes.json'), JSON.stringify({ nodes: list }))
    const update = ['nodes', 'update', '-f', box.path('nodes.json'), '--max-removals', '9', '--yes']
    expect(await wcn(update)).toMatchObject({ code: 0 })
    const keyFile = box.path('node.key')
    writeFileSync(keyFile, encodeNodeSecretKey(node.keypair.secretKey), { mode: 0o600 })
    const asking = ['--node-key-file', keyFile, '--probe-timeout', '1s']

    const down = await endOf(start('true', { flags: [...asking, '--database-timeout', '1s'] }))
    expect(down).toMatchObject({ code: 8, error: { code: 'SLOT_KEPT', details: { database: { up: false } } } })
    expect(down.error.message).toContain('nodes[0]: ')
    expect(await holder()).toBe(own())
    expect(await wcn(['maintenance', 'exit', '--yes'])).toMatchObject({ code: 0 })

    await database.misbehave({})
    const failed = await endOf(start('exit 1', { flags: asking }))
    expect(failed, JSON.stringify(failed)).toMatchObject({
      code: 11,
      error: { details: { slot: 'given-back', database: { up: true, seen_by: 'nodes[0]' } } },
    })
    expect(await holder()).toBeNull()
  })
})
