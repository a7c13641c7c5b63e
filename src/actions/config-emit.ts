/**
 * `config emit`: env files for the database and every node, from one deployment description. The signing key goes to
 * exactly one of them; each holds only what its service needs.
 */
import { databaseEnv } from '../core/config/database-env.js'
import type { Database, DeploymentNode } from '../core/config/deployment.js'
import { DIALECTS, type Dialect, encodeEnvFile } from '../core/config/dialects.js'
import { type FirewallJson, firewallOf } from '../core/config/firewall.js'
import { nodeEnv, SIGNING_KEY_VARIABLE } from '../core/config/node-env.js'
import type { EnvMap } from '../core/config/service-env.js'
import type { PeerId } from '../core/keys/peer-id.js'
import type { ActionResult, Services } from '../core/ports/services.js'
import { quote } from '../core/quote.js'
import { WcnError } from '../errors/wcn-error.js'
import { type DeploymentFlags, type DeploymentInput, readDeployment } from './deployment-input.js'
import { type SecretFlags, serviceKeypair, surroundings } from './deployment-secrets.js'
import { writeOutputs } from './env-file-output.js'

export interface Input extends DeploymentFlags, SecretFlags {
  readonly out?: string
  readonly stdout?: boolean
  readonly format?: string
  /** Names of the nodes to emit; with `database`, one host's share. Neither: everything. */
  readonly node?: readonly string[]
  readonly database?: boolean
  readonly force?: boolean
}

export interface EmittedFileJson {
  /** Null with --stdout. */
  readonly path: string | null
  readonly target: 'database' | 'node'
  /** Of the node. */
  readonly name: string | null
  readonly peer_id: PeerId
  readonly variables: readonly string[]
  /** Whether it holds the operator's private key. */
  readonly signing_key: boolean
  readonly status: 'written' | 'unchanged' | 'printed'
  /** With --stdout only: it holds secrets. */
  readonly content?: string
}

export interface ConfigEmitData {
  readonly format: Dialect
  readonly files: readonly EmittedFileJson[]
  readonly firewall: FirewallJson
}

interface Target {
  readonly service: Database | DeploymentNode
  readonly node: DeploymentNode | null
}

/**
 * Throws USAGE, SELECTOR_NO_MATCH, VALUE_NOT_ENCODABLE, SETTING_*, KEY_INVALID, WRONG_SIGNER, and what reading the
 * description and placing the files throw. Nothing is written unless everything can be.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<ConfigEmitData>> {
  const format = requireFormat(input.format ?? 'env')
  const place = requirePlace(input)
  const deployment = await readDeployment(services, input)
  warnOfLoopback(services, deployment.deployment.nodes)
  const targets = selectTargets(deployment, input)
  if (place === null && targets.length !== 1) {
    throw new WcnError('USAGE', `--stdout prints one env file, and ${targets.length} are meant`, {
      hint: 'say which: --node NAME or --database',
    })
  }
  const emitted = await emitTargets(services, deployment, input, targets)
  const texts = emitted.map(({ name, env }) => `${header(name, format)}${encodeEnvFile(format, env)}`)
  const firewall = firewallOf(targets.map(({ service }) => service))
  if (place === null) {
    const files = emitted.map((one, i) => ({ ...fileJson(one, null, 'printed'), content: texts[i] ?? '' }))
    return { data: { format, files, firewall } }
  }
  const outputs = emitted.map(({ name }, i) => ({ path: `${place}/${name}.env`, text: texts[i] ?? '' }))
  const statuses = await writeOutputs(services, place, outputs, input.force ?? false)
  const files = emitted.map((one, i) => fileJson(one, outputs[i]?.path ?? null, statuses[i] ?? 'written'))
  return { data: { format, files, firewall } }
}

interface Emitted {
  /** Of the file, without `.env`. */
  readonly name: string
  readonly target: Target
  readonly peerId: PeerId
  readonly env: EnvMap
}

async function emitTargets(
  services: Services,
  deployment: DeploymentInput,
  input: Input,
  targets: readonly Target[],
): Promise<readonly Emitted[]> {
  const nodes = targets.flatMap(({ node }) => node ?? [])
  const around =
    nodes.length === 0
      ? null
      : await surroundings(
          services,
          deployment,
          input,
          nodes.some(({ primary }) => primary),
        )
  const emitted: Emitted[] = []
  for (const target of targets) {
    const { service, node } = target
    const keypair = await serviceKeypair(services, deployment, service, node ? `node ${node.name}` : 'the database')
    if (node === null) {
      emitted.push({
        name: 'wcn_db',
        target,
        peerId: keypair.peerId,
        env: databaseEnv(deployment.deployment.database, keypair),
      })
    } else if (around !== null) {
      emitted.push({
        name: `wcn_node_${node.name}`,
        target,
        peerId: keypair.peerId,
        env: nodeEnv(node, keypair, around),
      })
    }
  }
  return emitted
}

function selectTargets(
  { deployment }: DeploymentInput,
  { node: names = [], database = false }: Input,
): readonly Target[] {
  const all = names.length === 0 && !database
  const unknown = names.find((name) => !deployment.nodes.some((node) => node.name === name))
  if (unknown !== undefined) {
    throw new WcnError('SELECTOR_NO_MATCH', `no node is called ${quote(unknown)}`, {
      hint: `the deployment has ${deployment.nodes.map(({ name }) => name).join(', ')}`,
    })
  }
  return [
    ...(all || database ? [{ service: deployment.database, node: null }] : []),
    ...deployment.nodes.filter(({ name }) => all || names.includes(name)).map((node) => ({ service: node, node })),
  ]
}

function fileJson(
  { target: { node }, peerId, env }: Emitted,
  path: string | null,
  status: EmittedFileJson['status'],
): EmittedFileJson {
  return {
    path,
    target: node ? 'node' : 'database',
    name: node?.name ?? null,
    peer_id: peerId,
    variables: [...env.keys()],
    signing_key: env.has(SIGNING_KEY_VARIABLE),
    status,
  }
}

/** Comments are lines of their own: no reader of either format takes them for anything else. */
function header(name: string, format: Dialect): string {
  const readers =
    format === 'env'
      ? 'For `docker run --env-file` and `kubectl create secret generic --from-env-file`, which take values literally.'
      : 'For sh (set -a; . FILE), systemd EnvironmentFile=, compose env_file and dotenv.'
  return `# ${name}: holds secrets, keep it at mode 0600.\n# ${readers}\n`
}

/** Throws USAGE. */
function requireFormat(format: string): Dialect {
  const known = DIALECTS.find((dialect) => dialect === format)
  if (known) return known
  throw new WcnError('USAGE', `--format is ${quote(format)}, which is not one of ${DIALECTS.join(', ')}`, {
    hint: 'env for docker and kubectl, shell for sh, systemd, compose and dotenv',
  })
}

/** The directory without slashes at its end, or null for standard output. Throws USAGE. */
function requirePlace({ out, stdout = false }: Input): string | null {
  if ((out !== undefined) === stdout || out === '') {
    throw new WcnError('USAGE', stdout ? 'both --out and --stdout are given' : 'it is not said where the files go', {
      hint: 'give --out DIR, or --stdout for a single file',
    })
  }
  return out === undefined ? null : out.replace(/(?<=.)\/+$/, '')
}

/** A node dials every on-chain node at its own PUBLIC_ADDRESS through 127.0.0.1 (spec/node-protocol.md). */
function warnOfLoopback({ talk }: Services, nodes: readonly DeploymentNode[]): void {
  for (const node of nodes) {
    const own = node.extra.get('PUBLIC_ADDRESS')
    const other = nodes.find(
      (one) => one !== node && own !== undefined && one.ipv4Addr === own && one.host !== node.host,
    )
    if (other) {
      talk.warn(
        `node ${node.name} has PUBLIC_ADDRESS ${own}, so it looks for node ${other.name}, which shares that address, on its own machine`,
      )
    }
  }
}
