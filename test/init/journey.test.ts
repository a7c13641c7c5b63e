/** `wcn init` from its first question to a member of the cluster: left, killed, and taken up again at every point. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Input, run, STEPS } from '../../src/init/init.js'
import type { Files } from '../../src/platform/files/files.js'
import { sandbox } from '../support/cli.js'
import { approve, ENTER, type InitWorld, initWorld, type Script } from '../support/init-world.js'
import { memoryContexts } from '../support/memory-contexts.js'
import { CONTRACT } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'

const box = sandbox()
afterAll(box.remove)
let folders = 0
const STEP_IDS = STEPS.map(({ id }) => id)
const newFolder = () => box.path(`operator-${++folders}`)

const TOKEN = 'canary-token-0123456789'
const ENCRYPTION_KEY = '11'.repeat(32)

const SCRIPT: Script = [
  ['Your region', 'eu'],
  ['Address of the region', CONTRACT],
  ['Chain ID', ENTER],
  ['wss:// URL of your RPC provider', `wss://rpc.example.com/v2/${TOKEN}`],
  ["The cluster's encryption key", 'typed'],
  ['Paste the encryption key', ENCRYPTION_KEY],
  ["The operator's key", 'new'],
  ['Names for your nodes', ENTER],
  ['Keys of the database and the nodes', 'new'],
  ['Private IPv4 address of the database', '10.0.10.5'],
  ['Public IPv4 address of node node-a', '20.1.2.3'],
  ['Public IPv4 address of node node-b', '20.1.2.4'],
  ['The primary node', ENTER],
  ['Ports', 'usual'],
  ['Scrape configuration', 'no'],
  ['What you deploy with', 'shell'],
  ['Your firewall', 'set'],
  ['Keep these settings', 'yes'],
  ['0 of 2 nodes answer', 'early'],
  ['Name of your operator', 'acme'],
  ['The answer of the owner', 'later'],
]

const statuses = (data: { readonly steps: readonly { readonly status: string }[] }) =>
  data.steps.map(({ status }) => status)
const doneUpTo = (step: string) =>
  STEP_IDS.map((id) => (STEP_IDS.indexOf(id) < STEP_IDS.indexOf(step) ? 'done' : 'open'))

/** Every file below a folder, with its text. */
function filesIn(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map()
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    all.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')] as const
    }),
  )
}

async function finish({ world, services }: InitWorld, input: Input) {
  approve(world, `${input.dir}/join-request.json`)
  return run(services, input)
}

describe('by a person', () => {
  it('asks, explains, and ends with a member and the commands that do the same', async () => {
    const dir = newFolder()
    const here = await initWorld({ script: SCRIPT })
    const left = await run(here.services, { dir })
    expect(left.exitCode).toBe(8)
    expect(statuses(left.data)).toEqual([...doneUpTo('wait').slice(0, 11), 'waiting', 'open'])
    expect(here.asked).toHaveLength(SCRIPT.length)
    here.asked.forEach((question, i) => {
      expect(question).toContain(SCRIPT[i]?.[0])
    })
    for (const id of STEP_IDS.slice(0, 12)) expect(here.said.join('\n')).toContain(`${STEP_IDS.indexOf(id) + 1} of 13`)
    expect(here.said).toContain('4 of 13: operator key and funding')

    here.asked.length = 0
    const { data, exitCode } = await finish(here, { dir })
    expect(exitCode).toBe(8)
    expect(data).toMatchObject({ context: 'eu', standing: { on_chain: true, answering: 0, nodes: 2, database: false } })
    expect(statuses(data)).toEqual(STEP_IDS.map(() => 'done'))
    expect(here.asked).toEqual([])
    expect(data).toMatchObject({
      operator: expect.stringMatching(/^0x[0-9a-f]{40}$/),
      peer_ids: {
        database: expect.stringMatching(/^12D3KooW/),
        nodes: { 'node-a': expect.stringMatching(/^12D3KooW/), 'node-b': expect.stringMatching(/^12D3KooW/) },
      },
      request_file: `${dir}/join-request.json`,
      note: null,
    })
    expect(data.firewall?.open).toEqual([
      { node: 'node-a', ipv4_addr: '20.1.2.3', udp_ports: [3010, 3011] },
      { node: 'node-b', ipv4_addr: '20.1.2.4', udp_ports: [3020, 3021] },
    ])
    for (const { path } of data.files) expect(statSync(path)).toBeTruthy()
    for (const part of [
      `export SMART_CONTRACT_ADDRESS=${CONTRACT}`,
      `export RPC_PROVIDER_URL="$(cat ${dir}/rpc.url)"`,
      `wcn operator keygen --out ${dir}/keys/operator.key`,
      `wcn key generate --out ${dir}/keys/wcn_node_node-b.key`,
      `wcn config emit -f ${dir}/deployment.yaml --format shell --out ${dir}/out/shell`,
      `wcn operator register --status ${dir}/join-request.json --wait`,
    ])
      expect(data.commands).toContain(part)
  })

  it('puts no secret into its state, what it says or its commands, and keeps what is secret to its owner', async () => {
    const dir = newFolder()
    const here = await initWorld({ script: SCRIPT })
    const { data } = await run(here.services, { dir })
    const files = filesIn(dir)
    const keys = [...files].flatMap(([name, text]) =>
      name.startsWith('keys/') ? [text.trim().replace(/^0x/, '')] : [],
    )
    expect(keys).toHaveLength(5)
    const shown = [files.get('wcn-init.json'), JSON.stringify(data), here.said.join('\n'), files.get('deployment.yaml')]
    for (const text of shown) for (const secret of [...keys, TOKEN]) expect(text).not.toContain(secret)
    for (const name of ['wcn-init.json', 'rpc.url', 'deployment.yaml', 'keys/operator.key', 'keys/encryption.key'])
      expect(statSync(`${dir}/${name}`).mode & 0o777, name).toBe(0o600)
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    expect(files.get('.gitignore')).toContain('\n*\n')
  })
})

describe('interrupted', () => {
  it('at every question, one after the other, it goes on with that question and asks nothing twice', async () => {
    const whole = await initWorld({ script: SCRIPT, contexts: memoryContexts() })
    await run(whole.services, { dir: newFolder() })
    const dir = newFolder()
    const contexts = memoryContexts()
    for (const index of SCRIPT.keys()) {
      const { services, asked } = await initWorld({
        script: SCRIPT,
        world: whole.world,
        contexts,
        interruptedAt: Math.min(index, 1),
      })
      expect(await rejectedBy(run(services, { dir }))).toMatchObject({ code: 'INTERRUPTED' })
      expect(asked).toEqual(whole.asked.slice(Math.max(0, index - 1), index + 1))
    }
    const last = await initWorld({ script: SCRIPT, world: whole.world })
    expect(statuses((await run(last.services, { dir })).data)[11]).toBe('waiting')
    expect(last.asked).toEqual(whole.asked.slice(-1))
  })
})

describe('killed', () => {
  it('again and again, wherever it writes, it comes to the same end and replaces no key', async () => {
    const dir = newFolder()
    const { world } = await initWorld({ script: SCRIPT })
    const keys = new Map<string, string>()
    let writes = 0
    let kills = 0
    for (let before = ''; ; kills++) {
      const killed = await killedRun(dir, writes, kills % 2 === 0, world)
      if (killed === null) break
      const now = JSON.stringify([...filesIn(dir)])
      // One more write where it did not get any further.
      writes = now === before ? writes + 1 : 0
      before = now
      for (const [name, text] of filesIn(dir))
        if (name.startsWith('keys/')) {
          expect(text, name).toBe(keys.get(name) ?? text)
          keys.set(name, text)
        }
    }
    expect(kills).toBeGreaterThan(30)
    expect(keys.size).toBe(5)
    const last = await initWorld({ script: SCRIPT, world })
    expect(statuses((await run(last.services, { dir })).data)[11]).toBe('waiting')
  })

  /** A run whose process is gone before or right after one of its writes; null where it came to its end. */
  async function killedRun(dir: string, lastWrite: number, beforeIt: boolean, known: InitWorld['world']) {
    let writes = 0
    const mortal =
      <A extends readonly unknown[]>(write: (...args: A) => Promise<void>) =>
      async (...args: A) => {
        const isLast = writes++ >= lastWrite
        if (!isLast || !beforeIt) await write(...args)
        if (isLast) throw new Error('killed')
      }
    const files = (real: Files): Files => ({
      ...real,
      write: mortal(real.write),
      createPrivate: mortal(real.createPrivate),
      makeDirectory: mortal(real.makeDirectory),
    })
    const { services } = await initWorld({ script: SCRIPT, files, world: known })
    try {
      await run(services, { dir })
      return null
    } catch (error) {
      if (error instanceof Error && error.message === 'killed') return error
      throw error
    }
  }
})

describe('a step that fails', () => {
  it('stays open, with all that was answered, until what is wrong is right', async () => {
    const dir = newFolder()
    const here = await initWorld({ script: SCRIPT })
    here.world.facts.balanceWei = 0n
    const script = [...SCRIPT, ['holds no ETH yet', 'later'], ['holds no ETH, and', 'leave']] as Script
    const poor = await initWorld({ script, world: here.world })
    expect(await rejectedBy(run(poor.services, { dir }))).toMatchObject({ code: 'INSUFFICIENT_FUNDS' })
    here.world.facts.balanceWei = 10n ** 16n
    const rich = await initWorld({ script: SCRIPT, world: here.world })
    await run(rich.services, { dir })
    expect(rich.asked).toEqual([expect.stringContaining('The answer of the owner')])
  })

  it('is looked at again without leaving, where a person can make it right', async () => {
    const dir = newFolder()
    const { world } = await initWorld({ script: SCRIPT })
    world.facts.balanceWei = 0n
    const script = [...SCRIPT, ['holds no ETH yet', 'again']] as Script
    const here = await initWorld({ script, world })
    const { choose } = here.services.talk
    const talk = {
      ...here.services.talk,
      choose: async (...question: Parameters<typeof choose>) => {
        if (question[0].text.includes('holds no ETH yet')) world.facts.balanceWei = 10n ** 15n
        return choose(...question)
      },
    }
    const configured: typeof here.services.configured = async (flags) => ({
      ...(await here.services.configured(flags)),
      talk,
    })
    const { data } = await run({ ...here.services, talk, configured }, { dir })
    expect(statuses(data)[10]).toBe('done')
    expect(here.said.join('\n')).toContain('The account holds 0.001 ETH')
  })
})

describe('run again with an answer changed in its file', () => {
  const change = (dir: string, edit: (answers: { nodes: object[]; firewall?: unknown }) => object) => {
    const state = JSON.parse(readFileSync(`${dir}/wcn-init.json`, 'utf8'))
    writeFileSync(`${dir}/wcn-init.json`, JSON.stringify({ ...state, answers: edit(state.answers) }))
  }

  it('takes it, asks for what was taken out, and makes what follows anew', async () => {
    const dir = newFolder()
    const first = await initWorld({ script: SCRIPT })
    await run(first.services, { dir })
    const keysBefore = [...filesIn(dir)].filter(([name]) => name.startsWith('keys/'))
    change(dir, ({ nodes, firewall: _, ...rest }) => ({
      ...rest,
      nodes: [
        { ...nodes[0], ipv4_addr: '20.9.9.9', primary: false },
        { ...nodes[1], primary: true },
      ],
    }))
    const script: Script = [
      ['Your firewall', 'set'],
      ['holds other data', 'again'],
      ['The answer of the owner', 'later'],
    ]
    const again = await initWorld({ script, world: first.world })
    const { data } = await run(again.services, { dir })
    expect(again.asked).toHaveLength(3)
    expect(statuses(data)[11]).toBe('waiting')
    expect(data.firewall?.open.map(({ ipv4_addr }) => ipv4_addr)).toEqual(['20.9.9.9', '20.1.2.4'])
    expect([...filesIn(dir)].filter(([name]) => name.startsWith('keys/'))).toEqual(keysBefore)
    expect(filesIn(dir).get('deployment.yaml')).toContain('20.9.9.9')
    expect(again.said.join('\n')).toContain('PRIMARY MOVES')
  })

  it('keeps a description that somebody edited, and says so', async () => {
    const dir = newFolder()
    const first = await initWorld({ script: SCRIPT })
    await run(first.services, { dir })
    const edited = `${readFileSync(`${dir}/deployment.yaml`, 'utf8')}# mine\n`
    writeFileSync(`${dir}/deployment.yaml`, edited)
    const again = await initWorld({ script: SCRIPT, world: first.world })
    await run(again.services, { dir })
    expect(readFileSync(`${dir}/deployment.yaml`, 'utf8')).toBe(edited)
    expect(again.said.join('\n')).toContain('deployment.yaml was edited by hand and is kept')
    const forced = await initWorld({ script: SCRIPT, world: first.world })
    await run(forced.services, { dir, force: true })
    expect(readFileSync(`${dir}/deployment.yaml`, 'utf8')).not.toContain('# mine')
  })

  it('says where an answer stands that will not do', async () => {
    const dir = newFolder()
    const first = await initWorld({ script: SCRIPT })
    await run(first.services, { dir })
    change(dir, (answers) => ({ ...answers, contract_address: '0x12' }))
    const again = await initWorld({ script: SCRIPT, world: first.world })
    const error = await rejectedBy(run(again.services, { dir }))
    expect(error.message).toContain(`${dir}/wcn-init.json: contract_address`)
    change(dir, (answers) => ({ ...answers, contract: CONTRACT }))
    expect(await rejectedBy(run(again.services, { dir }))).toMatchObject({
      code: 'JOURNAL_INVALID',
      message: expect.stringContaining('answers.contract: unknown key'),
    })
  })
})

it('explains a step when it asks something', async () => {
  const dir = newFolder()
  const first = await initWorld({ script: SCRIPT })
  await run(first.services, { dir })
  expect(first.said.join('\n')).toContain('Exactly one node is the primary')
  const again = await initWorld({ script: SCRIPT, world: first.world })
  await run(again.services, { dir })
  expect(again.said).toContain('6 of 13: addresses and ports')
  expect(again.said.join('\n')).not.toContain('Exactly one node is the primary')
})
