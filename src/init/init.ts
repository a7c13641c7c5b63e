/**
 * `init`: from nothing to a member of the cluster, step by step, by the same actions that single commands carry out. It
 * may be left, or killed, at any point: each answer is on disk before anything follows from it, and the next run takes
 * every step again, which finds what is there.
 */

import type { ActionResult, Services } from '../cli/services.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { addresses, firewall, firewallList } from './addresses.js'
import { check } from './check.js'
import { cluster, encryption } from './cluster.js'
import { context } from './context.js'
import { DESCRIPTION_FILE, files } from './files.js'
import { STATE_FILE } from './folder.js'
import { keys } from './keys.js'
import { nodes } from './nodes.js'
import { operator } from './operator.js'
import { provider } from './provider.js'
import { REQUEST_FILE, register, wait } from './register.js'
import { standingOf } from './standing.js'
import type { Step, StepEnd } from './step.js'
import { openWizard, type Wizard, type Input as WizardInput } from './wizard.js'

export type Input = WizardInput

/** In the order in which one depends on the other. */
export const STEPS: readonly Step[] = [
  ...[cluster, provider, encryption, operator, keys, addresses],
  ...[files, firewall, context, nodes, register, wait, check],
]

export type InitData = Awaited<ReturnType<typeof resultOf>>

/** Exit code 8 unless the operator is on chain, and everything of it answers. Throws what openWizard and the steps throw. */
export async function run(services: Services, input: Input): Promise<ActionResult<InitData>> {
  const wizard = await openWizard(services, input)
  const { talk } = wizard.services
  if (wizard.interactive)
    talk.note(
      `Ctrl-C leaves at any time, and \`${wizard.again}\` goes on from there. What was answered is in ${wizard.stateFile}, where it can be changed.`,
    )
  for (const [place, step] of STEPS.entries()) {
    wizard.begin(step.about)
    for (const line of ['', `${place + 1} of ${STEPS.length}: ${step.title}`]) talk.note(line)
    const end = await take(wizard, step)
    if (end !== null) return { data: await resultOf(wizard, place, end), exitCode: EXIT_CHECK_FAILED }
  }
  const data = await resultOf(wizard, STEPS.length, null)
  return { data, ...(data.standing.next === null ? {} : { exitCode: EXIT_CHECK_FAILED }) }
}

async function take(wizard: Wizard, step: Step): Promise<StepEnd | null> {
  try {
    return await step.run(wizard)
  } catch (error) {
    if (error instanceof WcnError)
      wizard.services.talk.note(
        `step ${step.id} is not done; \`${wizard.again}\` goes on with it, and earlier answers can be changed in ${wizard.stateFile}`,
      )
    throw error
  }
}

/** `done`: so many steps; `end`: what the next one came to. */
async function resultOf(wizard: Wizard, done: number, end: StepEnd | null) {
  const { answers, at, again, services } = wizard
  const { database, nodes = [] } = answers
  const doneSteps = STEPS.slice(0, done)
  const ids: Readonly<Record<string, string>> = Object.fromEntries(
    nodes.map(({ name = '', peer_id = '' }) => [name, peer_id]),
  )
  return {
    directory: at('').replace(/\/$/, ''),
    /** `waiting`: somebody else has to act first; `open`: not begun. */
    steps: STEPS.map(({ id }, place) => ({
      id,
      status: place < done ? ('done' as const) : place === done && end ? end.kind : ('open' as const),
    })),
    /** What stands in the way of the step that is not done. */
    note: end?.note ?? null,
    /** What is true now. */
    standing: standingOf(wizard),
    /** The one that was made or found for these settings. */
    context: wizard.contextName,
    operator: answers.operator ?? null,
    /** Null for a database whose key is not known yet. */
    peer_ids: {
      database: database?.peer_id ?? null,
      nodes: ids,
    },
    request_file: (await services.files.exists(at(REQUEST_FILE))) ? at(REQUEST_FILE) : null,
    firewall: doneSteps.includes(addresses) ? firewallList(wizard) : null,
    files: await filesOf(wizard),
    /** Those that do the same as the steps that are done. */
    commands: doneSteps.flatMap((step) => step.commands?.(wizard) ?? []),
    /** The command that goes on from here. */
    again,
  }
}

/** What is in the folder, and what it is. */
async function filesOf({ answers, at, services: { files } }: Wizard) {
  const { operator_key_file, keystore, encryption_key_file, database, nodes = [], formats = [] } = answers
  const candidates: readonly (readonly [file: string | undefined, what: string])[] = [
    [keystore ?? operator_key_file, "the operator's key: keep a copy in a safe place"],
    [encryption_key_file, "the cluster's encryption key"],
    [database?.secret_key_file, 'the key of the database'],
    ...nodes.map(({ secret_key_file, name }) => [secret_key_file, `the key of node ${name}`] as const),
    ['rpc.url', "the RPC provider's URL"],
    [DESCRIPTION_FILE, 'what you run: change it, then `wcn config emit` and `wcn nodes update`, both with -f'],
    ...formats.map((format) => [`out/${format}`, `files for ${format}`] as const),
    [REQUEST_FILE, "the request to join, for the cluster's owner"],
    [STATE_FILE, 'the answers, without secrets: change them, then `wcn init`'],
  ]
  const found: { path: string; what: string }[] = []
  for (const [file, what] of candidates)
    if (file !== undefined && (await files.exists(at(file)))) found.push({ path: at(file), what })
  return found
}
