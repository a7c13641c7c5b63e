/**
 * `config emit`: what the database and every node run with, from one deployment description: env files, or what
 * docker compose, systemd or Kubernetes deploy from. The signing key goes to exactly one of them; each holds only what
 * its service needs. Made anew, files that nobody touched follow the description.
 */

import { withoutEndSlashes } from '../base/folder-path.js'
import { quote } from '../base/quote.js'
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { SecretFlags } from './cluster-values.js'
import { type DeploymentFlags, readDeployment } from './deployment-input.js'
import { warnOfLoopback, warnOfPlacement } from './emit-warnings.js'
import { type FirewallJson, firewallOf } from './model/firewall.js'
import { SIGNING_KEY_VARIABLE } from './model/service-variables.js'
import { type PlacedFile, type Placement, placeFiles } from './place-files.js'
import { chooseServices, planServices, type ServiceChoice } from './plan-services.js'
import { renderTargetFile } from './render-target-file.js'
import { composeFiles } from './targets/compose.js'
import { envFile } from './targets/env-files.js'
import { kubernetesFiles } from './targets/kubernetes.js'
import { prometheusFiles } from './targets/prometheus.js'
import { systemdFiles } from './targets/systemd.js'
import { TARGETS, type Target, type TargetFile, type TargetPlan } from './targets/target-file.js'

export interface Input extends DeploymentFlags, SecretFlags, ServiceChoice {
  readonly out?: string
  readonly stdout?: boolean
  /** A target, or `all`. */
  readonly format?: string
  readonly force?: boolean
  readonly dryRun?: boolean
}

export interface ConfigEmitData {
  readonly format: Target | 'all'
  readonly dry_run: boolean
  readonly files: readonly EmittedFileJson[]
  /** Emitted by an earlier run and belonging to nothing any more. */
  readonly stale: readonly string[]
  /** The node that had the signing key until now and the one that has it: null where that stays. */
  readonly primary_moved: Placement['primaryMoved']
  readonly firewall: FirewallJson
}

type EmittedFileJson = ReturnType<typeof fileJson> & {
  /** With --stdout only: it holds secrets. */
  readonly content?: string
}

const FILES_OF: Readonly<Record<Target, (plan: TargetPlan) => readonly TargetFile[]>> = {
  env: ({ services }) => services.map((service) => envFile(service, 'env')),
  shell: ({ services }) => services.map((service) => envFile(service, 'shell')),
  compose: composeFiles,
  systemd: systemdFiles,
  k8s: kubernetesFiles,
  prometheus: prometheusFiles,
}

/**
 * Throws USAGE, SELECTOR_NO_MATCH, VALUE_NOT_ENCODABLE, SETTING_*, KEY_INVALID, WRONG_SIGNER, PORTS_COLLIDE, and what
 * reading the description and placing the files throw. Nothing is written unless everything can be.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<ConfigEmitData>> {
  const format = requireFormat(input.format ?? 'env')
  const directory = requirePlace(input, format)
  const described = await readDeployment(services, input)
  const { deployment, origin } = described
  warnOfLoopback(services, deployment.nodes)
  const chosen = chooseServices(described, input)
  if (directory === null && chosen.length !== 1) {
    throw new WcnError('USAGE', `--stdout prints one env file, and ${chosen.length} are meant`, {
      hint: 'say which: --node NAME or --database',
    })
  }
  const targets = format === 'all' ? TARGETS : [format]
  const plan = { deployment, origin, services: await planServices(services, described, input, chosen, targets) }
  const made = targets.flatMap((target) =>
    FILES_OF[target](plan).map((file) => ({
      ...file,
      path: format === 'all' ? `${target}/${file.path}` : file.path,
      text: renderTargetFile(file),
      signerOf: hasSigningKey(file) && file.owner?.kind === 'node' ? file.owner.name : null,
    })),
  )
  const data = { format, firewall: firewallOf(chosen), dry_run: input.dryRun ?? false }
  if (directory === null) {
    const printed = { path: null, status: 'printed', diff: null } as const
    const files = made.map((file) => ({ ...fileJson(file, printed), content: file.text }))
    return { data: { ...data, dry_run: false, files, stale: [], primary_moved: null } }
  }
  const placement = await placeFiles(services, made, {
    directory,
    force: input.force ?? false,
    dryRun: data.dry_run,
    whole: chosen.length === deployment.nodes.length + 1,
  })
  warnOfPlacement(services, placement, deployment)
  const files = made.flatMap((file, i) => {
    const placed = placement.files[i]
    return placed ? [fileJson(file, placed)] : []
  })
  return { data: { ...data, files, stale: placement.stale, primary_moved: placement.primaryMoved } }
}

function hasSigningKey({ secret, owner }: TargetFile): boolean {
  return secret && (owner?.variables.some(({ name }) => name === SIGNING_KEY_VARIABLE) ?? false)
}

interface Fate {
  /** Null with --stdout. */
  readonly path: string | null
  /** `updated`: it had other content; `kept`: it was edited by hand and not written. */
  readonly status: PlacedFile['status'] | 'printed'
  /** What changes in it, secrets masked; null where it is new or the same. */
  readonly diff: string | null
}

function fileJson(file: TargetFile, { path, status, diff }: Fate) {
  const { secret, owner } = file
  return {
    path,
    /** Null for what several services share. */
    target: owner?.kind ?? null,
    /** Of the node. */
    name: owner?.kind === 'node' ? owner.name : null,
    peer_id: owner?.peerId ?? null,
    /** Names of the variables in it. */
    variables: secret && owner ? owner.variables.map(({ name }) => name) : [],
    /** Whether it holds secrets: then its mode is 0600. */
    secret,
    /** Whether it holds the operator's private key. */
    signing_key: hasSigningKey(file),
    status,
    diff,
  }
}

/** Throws USAGE. */
function requireFormat(format: string): Target | 'all' {
  const known = ([...TARGETS, 'all'] as const).find((target) => target === format)
  if (known) return known
  throw new WcnError('USAGE', `--format is ${quote(format)}, which is not one of ${TARGETS.join(', ')}, all`, {
    hint: 'env for docker and kubectl, shell for sh, systemd and dotenv, or what you deploy with',
  })
}

/** The directory without slashes at its end, or null for standard output. Throws USAGE. */
function requirePlace({ out, stdout = false }: Input, format: Target | 'all'): string | null {
  if ((out !== undefined) === stdout || out === '') {
    throw new WcnError('USAGE', stdout ? 'both --out and --stdout are given' : 'it is not said where the files go', {
      hint: 'give --out DIR, or --stdout for a single env file',
    })
  }
  if (stdout && format !== 'env' && format !== 'shell') {
    throw new WcnError('USAGE', `--stdout prints a single env file, and ${format} is several files`, {
      hint: 'give --out DIR',
    })
  }
  return out === undefined ? null : withoutEndSlashes(out)
}
