/**
 * `config init`: a commented deployment description to fill in. What flags, key files and the chain already say is
 * filled in; what can't be found out is left blank and never stops it.
 */

import { type Address, checksumAddress } from '../base/address.js'
import { ifSet } from '../base/if-set.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { type ChainNode, nodesOnChain } from './deployment-from-chain.js'
import { encryptionKeyIn, findKeyFile, type KeyFolder, keyFolder, operatorOf, peerIdOf } from './deployment-keys.js'
import { blanksOf, type DescriptionDraft, type NodeDraft, renderDescription } from './deployment-template.js'

export interface Input {
  readonly out?: string
  readonly stdout?: boolean
  readonly force?: boolean
  /** Folder to look for key files in. */
  readonly keys?: string
  /** How many nodes to describe where the chain has none. */
  readonly nodes?: string
  readonly encryptionKeyFile?: string
  readonly privateKeyFile?: string
}

export interface ConfigInitData {
  /** Null with --stdout. */
  readonly path: string | null
  /** Fields that have to be filled in before `config emit` takes the description. */
  readonly blanks: readonly string[]
  readonly nodes_from_chain: number
  /** With --stdout only. */
  readonly content?: string
}

const DEFAULT_OUT = 'deployment.yaml'
const FILE_MODE = 0o600

/** Throws USAGE, FILE_EXISTS, FILE_UNWRITABLE, OUTPUT_UNSAFE. An unknown chain is noted, not an error. */
export async function run(services: Services, input: Input): Promise<ActionResult<ConfigInitData>> {
  const { files, talk } = services
  if (input.stdout && input.out !== undefined) throw new WcnError('USAGE', 'both --out and --stdout are given')
  const out = input.stdout ? null : (input.out ?? DEFAULT_OUT)
  const count = nodeCount(input.nodes)
  const keys = await findClusterKeys(services, input, keyFolder(services, input.keys ?? 'keys', out ?? ''))
  const onChain = await nodesOnChain(services, keys.operator, keys.encryptionKey)
  const draft = await makeDraft(services, keys, onChain, Math.max(count, onChain.length))
  const content = renderDescription(draft)
  const data = { path: out, blanks: blanksOf(draft), nodes_from_chain: onChain.length }
  if (out === null) return { data: { ...data, content } }
  await files.write(out, content, { mode: FILE_MODE, overwrite: input.force ?? false })
  if (typeof draft.rpc_url === 'string' && (await files.gitTreeThatTracks(out)) !== null) {
    talk.warn(`${out} holds your RPC provider's URL, perhaps with a token, and git would take it up: see rpc_url_file`)
  }
  return { data }
}

interface ClusterKeys {
  readonly folder: KeyFolder
  readonly operator: Address | null
  readonly encryptionKey: EncryptionKey | null
  readonly operatorKeyFile: string | null
  readonly encryptionKeyFile: string | null
}

/** Flags and settings first, then what lies in the folder of keys. */
async function findClusterKeys(services: Services, input: Input, folder: KeyFolder): Promise<ClusterKeys> {
  const { settings } = services
  const configured = await ifSet(() => settings.operator())
  const operatorKey = await findKeyFile(folder, [
    'operator',
    ...(configured === null ? [] : [`operator-${configured}`]),
  ])
  const encryptionKey = await findKeyFile(folder, ['encryption'])
  return {
    folder,
    operator: configured ?? (operatorKey && (await operatorOf(services, operatorKey.path))),
    encryptionKey:
      (await settings.encryptionKey()) ?? (encryptionKey && (await encryptionKeyIn(services, encryptionKey.path))),
    operatorKeyFile: folder.asWritten(input.privateKeyFile) ?? operatorKey?.written ?? null,
    encryptionKeyFile: folder.asWritten(input.encryptionKeyFile) ?? encryptionKey?.written ?? null,
  }
}

async function makeDraft(
  services: Services,
  keys: ClusterKeys,
  onChain: readonly ChainNode[],
  count: number,
): Promise<DescriptionDraft> {
  const { folder, operator } = keys
  const database = await findKeyFile(folder, ['wcn_db', 'database', 'db'])
  const nodes: NodeDraft[] = []
  for (let i = 0; i < count; i++) nodes.push(await makeNode(services, folder, i, onChain[i] ?? null))
  return {
    contract_address: await ifSet(() => checksumAddress(services.settings.contractAddress())),
    rpc_url: await rpcUrl(services),
    operator: operator === null ? undefined : checksumAddress(operator),
    encryption_key_file: keys.encryptionKeyFile,
    operator_key_file: keys.operatorKeyFile,
    database: {
      address: null,
      secret_key_file: database?.written ?? null,
      peer_id: (database && (await peerIdOf(services, database.path))) ?? undefined,
    },
    nodes,
  }
}

/** Ports apart by ten, as in the onboarding document, so that all of it could run on one machine. */
async function makeNode(
  services: Services,
  folder: KeyFolder,
  i: number,
  onChain: ChainNode | null,
): Promise<NodeDraft> {
  const name = `n${i}`
  const key = await findKeyFile(folder, onChain?.peerId ? [onChain.peerId] : [name, `wcn_node_${name}`])
  const peerId = onChain?.peerId ?? (key && (await peerIdOf(services, key.path)))
  return {
    name,
    primary: i === 0,
    ipv4_addr: onChain?.ipv4Addr ?? null,
    primary_port: onChain?.primaryPort ?? 3010 + 10 * i,
    secondary_port: onChain?.secondaryPort ?? 3011 + 10 * i,
    metrics_port: 3012 + 10 * i,
    secret_key_file: key?.written ?? null,
    peer_id: peerId ?? undefined,
  }
}

/** Nodes speak WebSocket only; the tool itself takes both. */
async function rpcUrl({ settings, talk }: Services): Promise<string | null> {
  const url = await ifSet(() => settings.rpcUrl())
  if (url === null || /^wss?:\/\//i.test(url)) return url
  talk.note('rpc_url is left blank: the configured RPC provider URL is not a ws:// or wss:// one, and nodes need that')
  return null
}

/** Throws USAGE. */
function nodeCount(text: string | undefined): number {
  const count = text === undefined ? 2 : /^[0-9]{1,3}$/.test(text) ? Number(text) : Number.NaN
  if (count >= 2 && count <= 100) return count
  throw new WcnError('USAGE', '--nodes is not a whole number from 2 to 100', {
    hint: 'an operator runs at least 2 nodes',
  })
}
