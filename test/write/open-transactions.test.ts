/**
 * Every standing of an open transaction × every command, on a chain: each does what the table says, and where it refuses
 * the command that its hint names leads on, until the account can write again and nothing old undoes that.
 */
import { describe, expect, it, vi } from 'vitest'
import { deployCluster } from '../../src/admin/deploy-cluster.js'
import type { Chain } from '../../src/chain/chain.js'
import type { ActionResult } from '../../src/cli/services.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { run as enter } from '../../src/maintenance/maintenance-enter.js'
import { run as exit } from '../../src/maintenance/maintenance-exit.js'
import { run as maintain } from '../../src/maintenance/maintenance-run.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { run as cancel } from '../../src/tx/tx-cancel.js'
import { run as list } from '../../src/tx/tx-list.js'
import { run as resume } from '../../src/tx/tx-resume.js'
import { run as send } from '../../src/tx/tx-send.js'
import { run as show } from '../../src/tx/tx-show.js'
import { run as sign } from '../../src/tx/tx-sign.js'
import {
  type Move,
  OPEN_TRANSACTIONS,
  type OpenCommand,
  type Standing,
} from '../../src/write/model/open-transactions.js'
import { writeBase } from '../../src/write/model/write-base.js'
import { writeUnsigned } from '../../src/write/write-unsigned.js'
import type { ChainServices, ChainServicesOptions } from '../support/chain-services.js'
import { fakeClock } from '../support/fake-clock.js'
import { fakeProcesses } from '../support/fake-processes.js'
import { memoryState } from '../support/memory-state.js'
import { share } from '../support/share.js'
import { enterCall, renameCall, type SignedWrite, signedWrite } from '../support/signed-write.js'
import { blob, member, OPERATOR, OWN_NODES, useRealCluster } from '../support/use-real-cluster.js'

vi.mock('../../src/health/examiner.js', () => ({ openExaminer: async () => ({}) }))

const { services, now, stored, automine, mine, intoBlock, intoPool, ownerWrites } = useRealCluster()

interface Provoked extends SignedWrite {
  readonly made: ChainServices
  /** For the commands that are tried. */
  readonly options?: Partial<ChainServicesOptions>
}
const toPool = (raw: string) => now.chain.rpc('eth_sendRawTransaction', [raw])

const PROVOKE: Readonly<Record<Standing, (made: ChainServices) => Promise<Omit<Provoked, 'made'>>>> = {
  settled: async (made) => {
    const write = await signedWrite(made, renameCall('old'))
    await intoBlock(write.entry.transaction.raw)
    return write
  },
  waiting: async (made) => {
    const write = await signedWrite(made, renameCall('old'))
    await automine(false)
    await intoPool(write.entry.transaction.raw)
    return write
  },
  overtaken: async (made) => {
    const write = await signedWrite(made, renameCall('old'))
    await automine(false)
    await intoPool(write.entry.transaction.raw)
    // What it was based on: nothing that is included before it could change that here.
    const wrap = (chain: Chain): Chain => ({
      ...chain,
      readCluster: async (at) => {
        const read = await chain.readCluster(at)
        return at?.block === undefined ? { ...read, view: { ...read.view, maintenance: member(3) } } : read
      },
    })
    return { ...write, options: { wrap } }
  },
  stranded: async (made) => {
    const write = await signedWrite(made, renameCall('old'), { nonce: 2 })
    await toPool(write.entry.transaction.raw)
    return write
  },
  behind: async (made) => {
    await signedWrite(made, renameCall('older'))
    return signedWrite(made, renameCall('old'), { nonce: 1 })
  },
  contested: async (made) => {
    const write = await signedWrite(made, renameCall('old'))
    await automine(false)
    await now.chain.rpc('eth_sendTransaction', [{ from: OPERATOR, to: OPERATOR, nonce: '0x0' }])
    return { ...write, options: { clock: fakeClock() } }
  },
  lost: (made) => signedWrite(made, renameCall('old')),
  outdated: async (made) => {
    const write = await signedWrite(made, renameCall('old'))
    await ownerWrites(blob('of the owner', OWN_NODES))
    return write
  },
  unattended: (made) => signedWrite(made, enterCall, { kind: 'maintenance-enter' }),
  'too-dear': async (made) => {
    const write = await signedWrite(made, renameCall('old'))
    const { gas, fees } = write.entry
    return { ...write, options: { maxCostWei: gas * fees.maxFeePerGas - 1n } }
  },
}

interface Command {
  readonly name: string
  readonly column: OpenCommand | 'read'
  readonly takesHash?: boolean
  readonly run: (all: ChainServices, hash: string) => Promise<unknown>
}

/** Whatever else is open comes before what was signed elsewhere. */
async function sendSigned(all: ChainServices): Promise<unknown> {
  const elsewhere = services()
  const chain = await elsewhere.services.chain()
  const snapshot = await chain.readClusterForWrite(OPERATOR)
  const what = { title: 'rename', kind: 'operator-data', changes: [] } as const
  const request = await chain.encodeCall(renameCall('sent'))
  const base = writeBase(snapshot, OPERATOR)
  await writeUnsigned(elsewhere.services, 'tx.json', snapshot, { ...what, request, base })
  await sign(elsewhere.services, { file: 'tx.json', out: 'signed.json' })
  all.files.contents.set('signed.json', elsewhere.files.contents.get('signed.json') ?? '')
  return send(all.services, { file: 'signed.json' })
}

const founding = {
  settings: { maxOperatorDataBytes: 4096, minOperators: 0, extra: new Uint8Array([0]) },
  operators: [],
}

const COMMANDS: readonly Command[] = [
  { name: 'tx list', column: 'read', run: ({ services: all }) => list(all, {}) },
  { name: 'tx show', column: 'read', takesHash: true, run: ({ services: all }, hash) => show(all, { hash }) },
  { name: 'tx resume', column: 'resume', run: ({ services: all }) => resume(all, {}) },
  {
    name: 'tx resume HASH',
    column: 'resume',
    takesHash: true,
    run: ({ services: all }, hash) => resume(all, { hash }),
  },
  {
    name: '--speed-up',
    column: 'speed-up',
    takesHash: true,
    run: ({ services: all }, hash) => resume(all, { hash, speedUp: true }),
  },
  { name: 'tx cancel', column: 'cancel', takesHash: true, run: ({ services: all }, hash) => cancel(all, { hash }) },
  { name: 'rename', column: 'write', run: ({ services: all }) => rename(all, { newName: 'tried' }) },
  { name: 'maintenance enter', column: 'write', run: ({ services: all }) => enter(all, {}) },
  { name: 'maintenance exit', column: 'write', run: ({ services: all }) => exit(all, {}) },
  { name: 'maintenance run', column: 'write', run: ({ services: all }) => maintain(all, { command: ['true'] }) },
  { name: 'tx send', column: 'write', run: sendSigned },
  {
    name: 'admin deploy',
    column: 'write',
    run: ({ services: all }) => deployCluster(all, founding, { dryRun: false }),
  },
]

type Made = ReturnType<typeof memoryState>
const entriesIn = (state: Made) => [...state.files.values()].flatMap(({ entries }) => entries)
const openIn = (state: Made) => entriesIn(state).filter((entry) => entry.state.kind === 'open')

/** Time goes on, and with it the chain, as often as somebody waits. */
function fresh(state: Made, options: Partial<ChainServicesOptions> = {}): ChainServices {
  const made = services({ state, clock: fakeClock(() => mine()), ...options })
  const processes = async () => fakeProcesses((fake) => fake.end({ exitCode: 0 }))
  return { ...made, services: { ...made.services, processes } }
}

async function provoke(standing: Standing) {
  const state = memoryState()
  const { hash, options } = await PROVOKE[standing](services({ state }))
  return { state, hash, tried: fresh(state, options) }
}

async function attempt(
  work: Promise<unknown>,
): Promise<{ readonly exitCode: number; readonly error: WcnError | null }> {
  try {
    const result = (await work) as Partial<ActionResult<unknown>> | null
    return { exitCode: result?.exitCode ?? 0, error: null }
  } catch (error) {
    if (error instanceof WcnError) return { exitCode: -1, error }
    throw error
  }
}

/** Does what the hint says; where it says to wait, time goes on. */
async function follow(state: Made, { hint = '' }: WcnError): Promise<WcnError | null> {
  const [, command, hash = ''] = /`wcn (tx cancel|tx resume|maintenance enter) ?(0x[0-9a-f]{64})?`/.exec(hint) ?? []
  const made = fresh(state)
  if (command === 'tx cancel') return (await attempt(cancel(made.services, { hash }))).error
  if (command === 'tx resume') return (await attempt(resume(made.services, {}))).error
  if (command === 'maintenance enter') return (await attempt(enter(made.services, {}))).error
  await mine()
  return null
}

/** From here on the account writes, and of all that was signed before nothing undoes that, though it comes back. */
async function requireWayOut(state: Made, refused: WcnError | null) {
  const way: string[] = []
  for (let left = refused; ; ) {
    if (left) {
      way.push(`${left.code}: ${left.message} (${left.hint})`)
      if (way.length === 6) throw new Error(`no way out:\n${way.join('\n')}`)
      left = await follow(state, left)
    }
    left ??= (await attempt(rename(fresh(state).services, { newName: 'last' }))).error
    if (left === null) break
  }
  expect(openIn(state)).toEqual([])
  await automine(true)
  for (const { transaction } of entriesIn(state)) await toPool(transaction.raw).catch(() => {})
  await mine()
  expect((await stored()).name).toBe('last')
}

function moveOf(standing: Standing, { name, column, takesHash = false }: Command): Move | 'read' {
  if (column === 'read') return column
  // Whoever asks for the permit once more gets what was signed for it.
  if (standing === 'unattended' && name === 'maintenance enter') return 'send'
  // What was signed elsewhere waits for nothing: it is stale once another is included.
  if (name === 'tx send') return standing === 'waiting' || standing === 'overtaken' ? 'STATE_CHANGED' : 'ACCOUNT_BUSY'
  // Whoever goes through all of them finishes the one before it, and so changes what this one is based on.
  return OPEN_TRANSACTIONS[standing === 'behind' && !takesHash ? 'outdated' : standing][column]
}

const MATRIX = (Object.keys(PROVOKE) as Standing[]).flatMap((standing) =>
  COMMANDS.map((command) => [standing, command.name, command] as const),
)
describe('what is open, and what is done then:', () => {
  it.each(share(MATRIX))('%s: %s', async (standing, _, command) => {
    const { state, hash, tried } = await provoke(standing)
    const { exitCode, error } = await attempt(command.run(tried, hash))
    const move = moveOf(standing, command)
    const shown = JSON.stringify({ exitCode, error, said: tried.said }, null, 1)
    switch (move) {
      case 'read':
        expect(error, shown).toBeNull()
        expect(openIn(state).length, shown).toBeGreaterThan(0)
        break
      case 'note':
      case 'wait':
        expect(error === null || error.code === 'TRANSACTION_INVALID', shown).toBe(true)
        expect(tried.sent, shown).not.toContain(hash)
        break
      case 'send':
        expect(error, shown).toBeNull()
        expect(tried.sent, shown).toContain(hash)
        break
      case 'replace':
      case 'clear': {
        const { kind } = entriesIn(state).find(({ transaction }) => transaction.hash === hash)?.state ?? {}
        expect([exitCode, kind], shown).toEqual(standing === 'behind' ? [-1, 'open'] : [0, 'replaced'])
        expect(tried.sent, shown).not.toContain(hash)
        break
      }
      default:
        expect(error?.code, shown).toBe(move)
        expect(tried.sent, shown).not.toContain(hash)
        if (command.name !== 'tx send')
          expect(
            openIn(state).map(({ transaction }) => transaction.hash),
            shown,
          ).toContain(hash)
    }
    await requireWayOut(state, error?.code === 'TRANSACTION_INVALID' ? null : error)
  })
})
