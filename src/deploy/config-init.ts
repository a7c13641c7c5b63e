/**
 * `config init`: a commented deployment description. What flags, key files and the chain already say is filled in; what
 * can't be found out is asked for on a terminal, else left blank, and never stops it.
 */

import { type Address, checksumAddress } from '../base/address.js'
import { withoutEndSlashes } from '../base/folder-path.js'
import { ifSet } from '../base/if-set.js'
import { type EncryptionKey, parseEncryptionKey } from '../base/keys/encryption-key.js'
import { parseOperatorPrivateKey } from '../base/keys/operator-key.js'
import { isNodePeerId } from '../base/keys/parse-peer-id.js'
import type { ActionResult, Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { decryptIpv4 } from '../cluster/codec/ip-encryption.js'
import { WcnError } from '../errors/wcn-error.js'
import { readNodeKeypair } from '../key/node-secret.js'
import { addressOfKey } from '../signers/address-of-key.js'
import { blanksOf, type Draft, renderDescription } from './deployment-template.js'
import { NODE_NAME } from './model/deployment.js'

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

/** Throws USAGE, FILE_EXISTS, FILE_UNWRITABLE, OUTPUT_UNSAFE. An unknown chain is noted, not an error. */
export async function run(services: Services, input: Input): Promise<ActionResult<ConfigInitData>> {
  const { files, settings, talk } = services
  if (input.stdout && input.out !== undefined) throw new WcnError('USAGE', 'both --out and --stdout are given')
  const out = input.stdout ? null : (input.out ?? 'deployment.yaml')
  const count = nodeCount(input.nodes)
  const folder = withoutEndSlashes(input.keys ?? 'keys')
  const find = (...names: readonly string[]) => findKeyFile(services, folder, names)
  // As given where that is next to us, else absolute.
  const asGiven = (path: string) => (/[/\\]/.test(out ?? '') ? files.resolveFrom('-', path) : path)
  const written = (path: string | null | undefined) => (path == null ? null : asGiven(path))
  // Not only once all has been answered.
  if (talk.interactive && out !== null && !input.force && (await files.exists(out)))
    throw new WcnError('FILE_EXISTS', `${JSON.stringify(out)} exists already and is not overwritten`, {
      hint: 'choose another name with --out, or replace it with --force',
    })

  const configured = await ifSet(() => settings.operator())
  const operatorFile = await find('operator', ...(configured === null ? [] : [`operator-${configured}`]))
  const encryptionFile = await find('encryption')
  const operatorIn = async (path: string) => addressOfKey(parseOperatorPrivateKey(await files.readSecret(path), path))
  const operator = configured ?? (await readOrNote(services, 'the operator is not filled in', operatorFile, operatorIn))
  const keyIn = async (path: string) => parseEncryptionKey(await files.readSecret(path), path)
  const encryptionKey =
    (await settings.encryptionKey()) ??
    (await readOrNote(services, 'addresses are not filled in', encryptionFile, keyIn))
  const onChain = await nodesOnChain(services, operator, encryptionKey)
  const databaseFile = await find(...DATABASE_KEYS)
  const nodeKeys = await nodeKeysIn(services, folder)
  const known = {
    contract_address: await ifSet(() => checksumAddress(settings.contractAddress())),
    rpc_url: await rpcUrl(services),
    operator: operator === null ? undefined : checksumAddress(operator),
    encryption_key_file: written(input.encryptionKeyFile ?? encryptionFile),
    operator_key_file: written(input.privateKeyFile ?? operatorFile),
    database: {
      address: null,
      secret_key_file: written(databaseFile),
      peer_id: await peerIdIn(services, databaseFile),
    },
    nodes: [] as Draft[],
  }
  // Those on chain, each with its key, else one for each key that is there.
  const keys = onChain.length > 0 ? [] : nodeKeys
  for (let i = 0; i < Math.max(count, onChain.length, keys.length); i++) {
    const { peer_id, ...node } = onChain[i] ?? { peer_id: null }
    const key = peer_id === null ? keys[i] : nodeKeys.find((one) => one.peerId === peer_id)
    known.nodes.push({
      name: firstFree(key?.name ?? `n${i}`, known.nodes),
      primary: i === 0,
      ipv4_addr: null,
      // Ten apart, as in the onboarding document, so that all of it could run on one machine.
      primary_port: 3010 + 10 * i,
      secondary_port: 3011 + 10 * i,
      metrics_port: 3012 + 10 * i,
      ...node,
      secret_key_file: written(key?.path),
      peer_id: peer_id ?? key?.peerId,
    })
  }

  const draft = talk.interactive ? await (await import('./ask-blanks.js')).askBlanks(services, known, asGiven) : known
  const content = renderDescription(draft)
  const data = { path: out, blanks: blanksOf(draft), nodes_from_chain: onChain.length }
  if (out === null) return { data: { ...data, content } }
  await files.write(out, content, { mode: 0o600, overwrite: input.force ?? false })
  if (draft.rpc_url != null && (await files.gitTreeThatTracks(out)) !== null) {
    talk.warn(`${out} holds your RPC provider's URL, perhaps with a token, and git would take it up: see rpc_url_file`)
  }
  return { data }
}

/** By the names that `key generate --out`, `operator keygen --out` and people give it: the first that is there. */
async function findKeyFile({ files }: Services, folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) if (await files.exists(`${folder}/${name}.key`)) return `${folder}/${name}.key`
  return null
}

const DATABASE_KEYS = ['wcn_db', 'database', 'db']
const OTHER_KEYS = new RegExp(`^(?:${DATABASE_KEYS.join('|')}|encryption|(?:operator|owner)(?:-.*)?)$`)

interface NodeKey {
  /** Null for a peer ID, after which `key generate --out DIR` names its files, and for what no node can be called. */
  readonly name: string | null
  readonly path: string
  readonly peerId: string | undefined
}

/** A node is called like the file with its key: what is in the folder and is nobody else's. */
async function nodeKeysIn(services: Services, folder: string): Promise<readonly NodeKey[]> {
  const { files } = services
  const names = (await files.isDirectory(folder)) ? (await files.list(folder)).toSorted(inOrder) : []
  const found: NodeKey[] = []
  for (const file of names.filter((name) => name.endsWith('.key'))) {
    const name = file.slice(0, -'.key'.length)
    if (OTHER_KEYS.test(name)) continue
    const path = `${folder}/${file}`
    const peerId = await peerIdIn(services, path)
    // Any key of any program may be in the working directory.
    if (peerId !== undefined || NODE_KEY.test(name)) found.push({ name: nodeName(name), path, peerId })
  }
  return found
}

const NODE_KEY = /^(?:wcn_node_|n[0-9]+$|node)/
const inOrder = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })

function nodeName(file: string): string | null {
  return file.startsWith('12D3Koo') || !NODE_NAME.test(file) ? null : file.replace(/^wcn_node_(?=.)/, '')
}

/** Names become file names, and some file systems don't tell capitals from small letters. */
function firstFree(name: string, others: readonly Draft[]): string {
  const isTaken = (one: string) => others.some((other) => String(other.name).toLowerCase() === one.toLowerCase())
  let free = name
  for (let next = 2; isTaken(free); next++) free = `${name}-${next}`
  return free
}

/** None where cluster or operator are not configured, not reachable or not there; says so and never fails over it. */
async function nodesOnChain(
  services: Services,
  operator: Address | null,
  key: EncryptionKey | null,
): Promise<readonly Draft[]> {
  const { settings, chain, talk } = services
  if (operator === null) {
    talk.note('no nodes are filled in from the chain: it is not known which operator is meant')
    return []
  }
  const found = await readOrNote(services, 'no nodes are filled in from the chain', operator, async () => {
    settings.contractAddress()
    const { view, block } = await (await chain()).readCluster()
    const nodes = findOperator(view, operator)?.decoded?.nodes
    talk.note(
      nodes
        ? `nodes are filled in as on chain at block ${block.number}`
        : `no nodes are filled in: operator ${operator} has none on chain that can be read (block ${block.number})`,
    )
    return (nodes ?? []).map(({ peerId, ipv4, privateIpv4, primaryPort, secondaryPort }) => ({
      // Not that of a placeholder, which no node can be.
      peer_id: isNodePeerId(peerId) ? peerId : null,
      ipv4_addr: key === null ? null : decryptIpv4(key, peerId, ipv4),
      private_ipv4_addr: key === null || privateIpv4 === null ? undefined : decryptIpv4(key, peerId, privateIpv4),
      primary_port: primaryPort,
      secondary_port: secondaryPort,
    }))
  })
  return found ?? []
}

async function peerIdIn(services: Services, keyFile: string | null): Promise<string | undefined> {
  const read = async (path: string) => (await readNodeKeypair(services, path)).peerId
  return (await readOrNote(services, 'the peer ID is not filled in', keyFile, read)) ?? undefined
}

/** Null without a place to read; also, with a note of `what`, where it can't be read. */
async function readOrNote<P, T>(
  { talk }: Services,
  what: string,
  place: P | null,
  read: (place: P) => Promise<T>,
): Promise<T | null> {
  if (place === null) return null
  try {
    return await read(place)
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    talk.note(`${what}: ${error.message}`)
    return null
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
