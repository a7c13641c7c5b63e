/** Reads what a compiler made of a cluster contract, as solc, foundry and hardhat write it, and sees that it is one. */
import {
  type AbiEvent,
  type AbiFunction,
  type AbiParameter,
  keccak256,
  toEventSelector,
  toFunctionSelector,
} from 'viem'
import type { Hex } from '../../base/hex.js'
import { isRecord } from '../../base/is-record.js'
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'
import { CLUSTER_ABI } from './cluster-abi.js'

export interface ClusterArtifact {
  /** What creates the implementation. */
  readonly bytecode: Hex
  /** Keccak-256 of that: by which a reviewer knows it. */
  readonly hash: Hex
}

/** Whatever a file has in the place of it. */
type Item = Readonly<Record<string, unknown>>
const REQUIRED = CLUSTER_ABI as readonly (AbiFunction | AbiEvent)[]
const SHOWN = 3

/** `source` names the file. Throws DOCUMENT_INVALID for no artifact, CLUSTER_INVALID for that of another contract. */
export function parseArtifact(text: string, source: string): ClusterArtifact {
  const unreadable = (what: string) =>
    new WcnError('DOCUMENT_INVALID', `${source} ${what}`, {
      hint: "give the compiler's JSON file of the one contract, with its abi and bytecode",
    })
  let artifact: unknown
  try {
    artifact = JSON.parse(text)
  } catch {
    throw unreadable('is not JSON')
  }
  if (!isRecord(artifact) || !Array.isArray(artifact.abi)) throw unreadable('has no abi')
  // Foundry's is an object with more about it.
  const given = isRecord(artifact.bytecode) ? artifact.bytecode.object : artifact.bytecode
  if (typeof given !== 'string') throw unreadable('has no bytecode')
  if (given.includes('__')) throw unreadable('has bytecode that is not linked: it lacks the addresses of libraries')
  const bytecode: Hex = `0x${given.replace(/^0x/, '')}`
  if (!/^0x(?:[0-9a-f]{2})+$/i.test(bytecode)) throw unreadable('has no bytecode: is it an interface, or abstract?')
  requireCluster(artifact.abi.filter(isRecord), source)
  return { bytecode, hash: keccak256(bytecode) }
}

/** What the network's nodes and this tool call, and read, has to be there in the same shape. */
function requireCluster(abi: readonly Item[], source: string): void {
  const refused = (what: string) =>
    new WcnError('CLUSTER_INVALID', `${source} is no cluster contract: ${what}`, {
      hint: "without --artifact the tool's own contract is deployed",
    })
  const there = new Set(abi.map((item) => signOf(item as unknown as AbiFunction | AbiEvent)))
  const missing = REQUIRED.filter((item) => !there.has(signOf(item))).map(({ name }) => quote(name))
  if (missing.length > 0) {
    const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : ''
    throw refused(`it lacks ${missing.slice(0, SHOWN).join(', ')}${more}, or has them with other parameters`)
  }
  const inputs = abi.find(({ type }) => type === 'constructor')?.inputs
  if (Array.isArray(inputs) && inputs.length > 0) throw refused('its constructor takes arguments')
}

/** The same for what is called, or read, in the same way; nothing for what is garbled. */
function signOf(item: AbiFunction | AbiEvent): string {
  try {
    if (item.type === 'event') return toEventSelector(item)
    return `${toFunctionSelector(item)} ${item.name === 'getView' ? typesOf(item.outputs) : ''}`
  } catch {
    return ''
  }
}

function typesOf(parameters: readonly AbiParameter[]): string {
  return parameters
    .map((one) => ('components' in one ? `(${typesOf(one.components)})${one.type.slice('tuple'.length)}` : one.type))
    .join(',')
}
