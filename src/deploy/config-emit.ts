/**
 * `config emit`: what the database and every node run with, from one deployment description: env files, or what
 * docker compose, systemd or Kubernetes deploy from. The signing key goes to exactly one of them; each holds only what
 * its service needs. Made anew, files that nobody touched follow the description.
 */

import { withoutEndSlashes } from '../base/folder-path.js'
import type { PeerId } from '../base/keys/peer-id.js'
import { quote } from '../base/quote.js'
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { type DeploymentFlags, readDeployment } from './deployment-input.js'
import type { SecretFlags } from './deployment-secrets.js'
import { warnOfLoopback, warnOfPlacement } from './emit-warnings.js'
import { type FirewallJson, firewallOf } from './model/firewall.js'
import { SIGNING_KEY_VARIABLE } from './model/service-variables.js'
import { type PlacedFile, placeFiles } from './place-files.js'
import { chooseServices, planServices, type ServiceChoice } from './plan-services.js'
import { renderTargetFile } from './render-target-file.js'
import { filesOfTarget } from './targets/files-of-target.js'
import { type PlannedService, TARGETS, type Target, type TargetFile, type TargetPlan } from './targets/target-file.js'

export interface Input extends DeploymentFlags, SecretFlags, ServiceChoice {
  readonly out?: string
  readonly stdout?: boolean
  /** A target, or `all`. */
  readonly format?: string
  readonly force?: boolean
  readonly dryRun?: boolean
}

export interface EmittedFileJson {
  /** Null with --stdout. */
  readonly path: string | null
  /** Null for what several services share. */
  readonly target: 'database' | 'node' | null
  /** Of the node. */
  readonly name: string | null
  readonly peer_id: PeerId | null
  /** Names of the variables in it. */
  readonly variables: readonly string[]
  /** Whether it holds secrets: then its mode is 0600. */
  readonly secret: boolean
  /** Whether it holds the operator's private key. */
  readonly signing_key: boolean
  /** `updated`: it had other content; `kept`: it was edited by hand and not written. */
  readonly status: PlacedFile['status'] | 'printed'
  /** What changes in it, secrets masked; null where it is new or the same. */
  readonly diff: string | null
  /** With --stdout only: it holds secrets. */
  readonly content?: string
}

export interface ConfigEmitData {
  readonly format: Target | 'all'
  readonly dry_run: boolean
  readonly files: readonly EmittedFileJson[]
  /** Emitted by an earlier run and belonging to nothing any more. */
  readonly stale: readonly string[]
  /** The node that had the signing key until now and the one that has it: null where that stays. */
  readonly primary_moved: { readonly from: string; readonly to: string | null } | null
  readonly firewall: FirewallJson
}

/**
 * Throws USAGE, SELECTOR_NO_MATCH, VALUE_NOT_ENCODABLE, SETTING_*, KEY_INVALID, WRONG_SIGNER, PORTS_COLLIDE, and what
 * reading the description and placing the files throw. Nothing is written unless everything can be.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<ConfigEmitData>> {
  const format = requireFormat(input.format ?? 'env')
  const place = requirePlace(input, format)
  const deployment = await readDeployment(services, input)
  warnOfLoopback(services, deployment.deployment.nodes)
  const chosen = chooseServices(deployment, input)
  if (place === null && chosen.length !== 1) {
    throw new WcnError('USAGE', `--stdout prints one env file, and ${chosen.length} are meant`, {
      hint: 'say which: --node NAME or --database',
    })
  }
  const targets = format === 'all' ? TARGETS : [format]
  const plan: TargetPlan = {
    deployment: deployment.deployment,
    services: await planServices(services, deployment, input, chosen, targets),
    origin: deployment.origin,
  }
  const made = targets.flatMap((target) =>
    filesOfTarget(target, plan).map((file) => ({
      file: format === 'all' ? { ...file, path: `${target}/${file.path}` } : file,
      owner: ownerOf(file, plan),
    })),
  )
  const rendered = made.map(({ file, owner }) => ({
    path: file.path,
    secret: file.secret,
    text: renderTargetFile(file),
    signerOf: file.secret && owner && hasSigningKey(owner) ? (owner.node?.name ?? null) : null,
  }))
  const data = { format, firewall: firewallOf(chosen.map(({ service }) => service)) }
  if (place === null) {
    const files = made.map(({ file, owner }, i) => ({
      ...fileJson(file, owner, { path: null, status: 'printed', diff: null }),
      content: rendered[i]?.text ?? '',
    }))
    return { data: { ...data, dry_run: false, files, stale: [], primary_moved: null } }
  }
  const placement = await placeFiles(services, rendered, {
    directory: place,
    force: input.force ?? false,
    dryRun: input.dryRun ?? false,
    whole: chosen.length === deployment.deployment.nodes.length + 1,
  })
  warnOfPlacement(services, placement, deployment.deployment)
  const files = made.flatMap(({ file, owner }, i) => {
    const placed = placement.files[i]
    return placed ? [fileJson(file, owner, placed)] : []
  })
  return {
    data: {
      ...data,
      dry_run: input.dryRun ?? false,
      files,
      stale: placement.stale,
      primary_moved: placement.primaryMoved,
    },
  }
}

/** Files of a single service are called by its name, in some targets with other separators. */
function ownerOf({ path }: TargetFile, { services }: TargetPlan): PlannedService | null {
  const stem = path.replace(/^.*\//, '').replace(/\.(?:env|service|ya?ml)$/, '')
  return services.find(({ name }) => name === stem || name.replaceAll('_', '-') === stem) ?? null
}

function hasSigningKey({ variables }: PlannedService): boolean {
  return variables.some(({ name }) => name === SIGNING_KEY_VARIABLE)
}

function fileJson(
  { secret }: TargetFile,
  owner: PlannedService | null,
  { path, status, diff }: Pick<EmittedFileJson, 'path' | 'status' | 'diff'>,
): EmittedFileJson {
  return {
    path,
    target: owner === null ? null : owner.node ? 'node' : 'database',
    name: owner?.node?.name ?? null,
    peer_id: owner?.peerId ?? null,
    variables: secret && owner ? owner.variables.map(({ name }) => name) : [],
    secret,
    signing_key: secret && owner !== null && hasSigningKey(owner),
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
