/** The drills of `devnet drill`, by name: each sets its scene, and says what the operator on call would know. The handbook's page rehearsal.md has the way out of each. */
import type { ClusterView } from '../../cluster/cluster-view.js'
import { WcnError } from '../../errors/wcn-error.js'
import { runUntilPowerCut } from '../stand-in/run-tool.js'
import type { Scene } from './scene.js'

interface Drill {
  readonly title: string
  /** What is known when it begins. */
  readonly known: (scene: Scene) => Promise<readonly string[]>
}

const KEY = 'SMART_CONTRACT_SIGNER_PRIVATE_KEY'
const ENCRYPTION_KEY = 'SMART_CONTRACT_ENCRYPTION_KEY'
const JOBS = 20
const [MOVED, BACK] = ['127.0.0.2', '127.0.0.3']

const DRILLS = {
  'somebody-else': {
    title: 'a node that answers as somebody else',
    async known({ tell }) {
      await tell('0/1', 'wrong-key')
      return [
        'Last night a colleague redeployed your second node. Its process runs, its log shows no error.',
        'Since then the other operators report that it can’t be reached.',
      ]
    },
  },
  'stuck-migration': {
    title: 'a stuck migration',
    async known({ tell, tool, until, network }) {
      const view = viewOf(network.snapshot?.view)
      await tell('0/0', 'never-completes')
      await tool('admin', 'migration', 'start', ...changeOf(view), '--yes')
      await until('the others’ pull', (now) => now.snapshot?.view.pullingOperators?.join() === '0')
      return [
        'The cluster’s owner has started a data migration, and writes to all operators: it should have ended long ago.',
        'While it runs, nobody can join, leave or enter maintenance. Is it you who is waited for?',
      ]
    },
  },
  'power-cut': {
    title: 'a power cut in the middle of maintenance',
    async known({ tell, now, network }) {
      const me = viewOf(network.snapshot?.view).operators[0]?.id
      const isIn = async () => (await now()).snapshot?.view.maintenance === me
      await runUntilPowerCut(['maintenance', 'run', '--yes', '--env-file', network.envFile], isIn)
      if (!(await isIn())) throw new WcnError('STATE_CHANGED', 'the scene can’t be set: maintenance was not entered')
      await tell('0/database', 'closed')
      return [
        'You were updating the database with `wcn maintenance run` when the power of the rack failed, your own machine’s too.',
        'The machines are back. Nobody has looked yet at what of it all came back with them.',
      ]
    },
  },
  'two-primaries': {
    title: 'two primaries',
    async known({ readEnvironment, editEnvironment, tell }) {
      const line = lineOf(KEY, await readEnvironment('operator-0-node-0'))
      await editEnvironment('operator-0-node-1', (text) => `${text}${line}\n`)
      await tell('0/1', null)
      return [
        'A new colleague has set up your second node by copying the environment of the first one, and changed keys and ports.',
        'Both are up. Now and then a transaction of your account fails, and nobody knows why.',
      ]
    },
  },
  'wrong-encryption-key': {
    title: 'the wrong encryption key',
    async known({ editEnvironment, tell }) {
      await editEnvironment('operator-0-node-1', (text) =>
        text.replace(new RegExp(`^${ENCRYPTION_KEY}=.*$`, 'm'), `${ENCRYPTION_KEY}=${'5a'.repeat(32)}`),
      )
      await tell('0/1', null)
      return [
        'You operate in two regions. Your second node here was set up from the notes of the other one.',
        'It is up, and found well from outside; but what it serves is not there, and its log is full of peers it can’t reach.',
      ]
    },
  },
  'twenty-jobs': {
    title: 'twenty CI jobs at once',
    async known({ attempt }) {
      const jobs = Array.from({ length: JOBS }, (_, index) =>
        attempt('operator', 'rename', `Aurora Labs ${index + 1}`, '--yes', '--timeout', '60s'),
      )
      const codes = (await Promise.all(jobs)).map(({ code }) => code ?? -1)
      const counted = [...new Set(codes)].sort((a, b) => a - b)
      const told = counted.map((one) => `${codes.filter((code) => code === one).length} ended with ${one}`)
      return [
        `A merge has started ${JOBS} CI jobs at once, each of which renames your operator: ${told.join(', ')}.`,
        'Somebody asks what is on chain now, and whether money or a nonce was lost.',
      ]
    },
  },
  'lost-race': {
    title: 'an update that lost a race',
    async known({ tool, write, remove, network }) {
      const listed = JSON.parse((await tool('nodes', 'list', '--json')).stdout)
      const nodes = listed.data.nodes.map((node: { private_ipv4_addr: string | null }, index: number) =>
        index === 1 ? { ...node, private_ipv4_addr: node.private_ipv4_addr === MOVED ? BACK : MOVED } : node,
      )
      remove('plan.json')
      const file = await write('nodes.json', JSON.stringify({ nodes }))
      await tool('nodes', 'diff', '-f', file, '--out', `${network.envFile}.services/plan.json`)
      await tool('operator', 'rename', 'Aurora Labs (moved)', '--yes')
      return [
        `On Friday your change of the node list was reviewed and approved: ${file}, and the plan of it, plan.json, beside it.`,
        'On Monday the pipeline is to carry it out. Over the weekend somebody has changed something else of your operator.',
      ]
    },
  },
} as const satisfies Readonly<Record<string, Drill>>

type DrillName = keyof typeof DRILLS

export function listDrills() {
  return Object.entries(DRILLS).map(([name, { title }]) => ({ name, title }))
}

/** Undefined for an unknown one. */
export function drillOf(name: string): Drill | undefined {
  return Object.hasOwn(DRILLS, name) ? DRILLS[name as DrillName] : undefined
}

function viewOf(view: ClusterView | undefined): ClusterView {
  if (view) return view
  throw new WcnError('STATE_CHANGED', 'the scene can’t be set: the chain does not answer')
}

/** A migration that asks all of the first five. */
function changeOf({ operators, keyspace }: ClusterView): readonly string[] {
  const outside = operators.find(({ slot }) => !keyspace.includes(slot))
  if (outside) return ['--add', String(outside.slot)]
  const last = keyspace.at(-1)
  if (last !== undefined && keyspace.length > 5) return ['--remove', String(last)]
  throw new WcnError('STATE_CHANGED', 'this drill needs a network of six operators at least, and this one has five', {
    hint: 'start another one: `wcn devnet up --operators 6`',
  })
}

function lineOf(name: string, text: string): string {
  return new RegExp(`^${name}=.*$`, 'm').exec(text)?.[0] ?? ''
}
