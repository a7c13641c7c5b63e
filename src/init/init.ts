/**
 * `init`: from nothing to a member of the cluster, step by step, by the same actions that single commands carry out. It
 * may be left, or killed, at any point: each answer is on disk before anything follows from it, a step is done or done
 * again without harm, and the next run goes on.
 */

import type { ActionResult, Services } from '../cli/services.js'
import type { FirewallJson } from '../deploy/model/firewall.js'
import { WcnError } from '../errors/wcn-error.js'
import { equivalentCommands } from './commands.js'
import { firewallList } from './firewall.js'
import { STEP_IDS, type StepId } from './init-file.js'
import { type Input as OpenInput, openWizard } from './open-wizard.js'
import { REQUEST_FILE } from './register.js'
import type { Step, StepEnd } from './step.js'
import { STEPS } from './steps.js'
import type { Wizard } from './wizard.js'

export type Input = OpenInput

export interface InitStepJson {
  readonly id: StepId
  /** `waiting`: somebody else has to act first; `open`: not begun. */
  readonly status: 'done' | 'waiting' | 'failed' | 'open'
}

export interface InitData {
  readonly directory: string
  readonly steps: readonly InitStepJson[]
  /** What stands in the way of the step that is not done. */
  readonly note: string | null
  readonly operator: string | null
  /** Null for a database whose key is not known yet. */
  readonly peer_ids: { readonly database: string | null; readonly nodes: Readonly<Record<string, string>> }
  readonly request_file: string | null
  readonly firewall: FirewallJson | null
  /** What is in the folder, and what it is. */
  readonly files: readonly { readonly path: string; readonly what: string }[]
  readonly commands: readonly string[]
  /** The command that goes on from here. */
  readonly again: string
}

/** Exit code 8 where the owner has not answered in time, or the check fails. Throws what openWizard and the steps throw. */
export async function run(services: Services, input: Input): Promise<ActionResult<InitData>> {
  const wizard = await openWizard(services, input)
  greet(wizard)
  for (const step of STEPS) {
    if (wizard.done.includes(step.id)) continue
    const end = await take(wizard, step)
    if (end.kind === 'done') {
      await wizard.markDone(step.id)
      continue
    }
    return { data: await resultOf(wizard, step.id, end), ...(end.exitCode === 0 ? {} : { exitCode: end.exitCode }) }
  }
  return { data: await resultOf(wizard, null, { kind: 'done' }) }
}

function greet({ services: { talk }, done, again }: Wizard): void {
  if (done.length > 0) talk.note(`Done so far: ${done.join(', ')}.`)
  if (!talk.interactive) return
  talk.note(
    `Ctrl-C leaves at any time; what was answered is kept, and \`${again}\` goes on from there. \`${again} --redo STEP\` changes an earlier answer.`,
  )
}

async function take(wizard: Wizard, step: Step): Promise<StepEnd> {
  const { talk } = wizard.services
  const about = talk.interactive ? [...step.about.split('\n'), ''] : []
  for (const line of ['', `${STEP_IDS.indexOf(step.id) + 1} of ${STEP_IDS.length}: ${step.title}`, ...about])
    talk.note(line)
  try {
    return await step.run(wizard)
  } catch (error) {
    if (error instanceof WcnError)
      talk.note(
        `step ${step.id} is not done; \`${wizard.again}\` goes on with it, and \`--redo STEP\` changes earlier answers`,
      )
    throw error
  }
}

async function resultOf(wizard: Wizard, stopped: StepId | null, end: StepEnd): Promise<InitData> {
  const { answers, done, at } = wizard
  const { database, nodes = [], operator } = answers
  return {
    directory: at('').replace(/\/$/, ''),
    steps: STEP_IDS.map((id) => ({
      id,
      status: done.includes(id) ? 'done' : id === stopped && end.kind !== 'done' ? end.kind : 'open',
    })),
    note: end.kind === 'done' ? null : end.note,
    operator: operator ?? null,
    peer_ids: {
      database: database?.peer_id ?? null,
      nodes: Object.fromEntries(nodes.map(({ name = '', peer_id = '' }) => [name, peer_id])),
    },
    request_file: (await wizard.services.files.exists(at(REQUEST_FILE))) ? at(REQUEST_FILE) : null,
    firewall: done.includes('addresses') ? firewallList(wizard) : null,
    files: await filesOf(wizard),
    commands: equivalentCommands(wizard),
    again: wizard.again,
  }
}

async function filesOf({ answers, at, services: { files } }: Wizard): Promise<InitData['files']> {
  const { operator_key_file, keystore, encryption_key_file, database, nodes = [], formats = [] } = answers
  const candidates: readonly (readonly [file: string | undefined, what: string])[] = [
    [keystore ?? operator_key_file, "the operator's key: keep a copy in a safe place"],
    [encryption_key_file, "the cluster's encryption key"],
    [database?.secret_key_file, 'the key of the database'],
    ...nodes.map(({ secret_key_file, name }) => [secret_key_file, `the key of node ${name}`] as const),
    ['rpc.url', "the RPC provider's URL"],
    ['deployment.yaml', 'what you run: change it, then `wcn config emit`'],
    ...formats.map((format) => [`out/${format}`, `files for ${format}`] as const),
    ['nodes.yaml', 'your nodes: change it, then `wcn nodes update -f`'],
    [REQUEST_FILE, "the request to join, for the cluster's owner"],
    ['wcn-init.json', 'the answers, without secrets'],
  ]
  const found: { path: string; what: string }[] = []
  for (const [file, what] of candidates)
    if (file !== undefined && (await files.exists(at(file)))) found.push({ path: at(file), what })
  return found
}
