/** Compares the files with the chain: is it the same cluster, the same operator, the same nodes, the same key? */
import { type Address, checksumAddress } from '../../base/address.js'
import { bytesToHex } from '../../base/hex.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { ClusterView, OperatorSlot } from '../../cluster/cluster-view.js'
import { decryptIpv4 } from '../../cluster/codec/ip-encryption.js'
import type { StoredNode } from '../../cluster/codec/operator-data.js'
import { type CheckedService, outwardPort, servicesWith } from './checked-service.js'
import { applyRules, type Complaint, each, type Finding, fail, type Place, type Rule, skip, warn } from './finding.js'
import { findSlot, identifiedNodes, listsWith, operatorOfNodes } from './nodes-on-chain.js'

export type KeyVerdict =
  /** Unproven: nothing speaks for it or against it. */
  { readonly kind: 'proven' | 'unproven' } | { readonly kind: 'wrong'; readonly why: string }

export interface ChainSide {
  readonly contract: Address
  readonly view: Pick<ClusterView, 'operators'>
  /** The operator that is configured; null: none is. */
  readonly operator: Address | null
  /** What is known of an encryption key, by its name (`keyName`). */
  readonly keys: ReadonlyMap<string, KeyVerdict>
  /** Whether something was found there offline already. */
  readonly isBlamed: (place: Place) => boolean
}

interface Compared extends ChainSide {
  readonly nodes: readonly CheckedService[]
  /** The operator whose nodes these should be; null: not known, so that any list will do. */
  readonly slot: OperatorSlot | null
}

/** By what `ChainSide.keys` knows a key. */
export function keyName(key: EncryptionKey): string {
  return bytesToHex(key.reveal())
}

export function checkOnline(nodes: readonly CheckedService[], chain: ChainSide): readonly Finding[] {
  const contracts = servicesWith(nodes, 'SMART_CONTRACT_ADDRESS')
  const compared = { ...chain, nodes, slot: operatorOfNodes(nodes, chain.view, chain.operator) }
  // Nothing of another cluster's nodes can be on this chain's list.
  const isOther = contracts.length > 0 && contracts.every(({ value }) => value !== chain.contract)
  if (isOther) return applyRules([CONTRACT_RULE], compared)
  const applicant = applicantOf(compared)
  if (applicant === null) return applyRules([CONTRACT_RULE, ...RULES], compared)
  const beforeJoining = RULES.filter(({ id }) => id === 'encryption-key-on-chain')
  const hint =
    'start database and nodes, see them from outside with `wcn nodes check -f deployment.yaml`, then `wcn operator register -f deployment.yaml`; one that has joined has another contract or another key'
  const what = `${checksumAddress(applicant)} has not joined this cluster yet: none of its nodes is on chain`
  return [
    ...applyRules([CONTRACT_RULE, ...beforeJoining], compared),
    { id: 'operator-on-chain', ...warn(null, what, hint) },
  ]
}

/** Whoever has nothing on chain, neither itself nor a node, is about to join. Null: somebody who has, or it is not known who. */
function applicantOf(chain: Compared): Address | null {
  const { nodes, view, operator, slot } = chain
  const signers = servicesWith(nodes, 'signer').map(({ value }) => value)
  const [applicant = null, ...others] = new Set(operator === null ? signers : [operator, ...signers])
  const identified = identifiedNodes(chain)
  const areNew = identified.length > 0 && identified.every(({ value }) => listsWith(chain, value).length === 0)
  const isNew = applicant !== null && others.length === 0 && slot === null && findSlot(view, applicant) === null
  return isNew && areNew ? applicant : null
}

const CONTRACT_RULE: Rule<Compared> = {
  id: 'contract-on-chain',
  passed: 'the contract is the one that is configured',
  judge({ nodes, contract, isBlamed }) {
    return each(servicesWith(nodes, 'SMART_CONTRACT_ADDRESS'), ({ value, variable: { name, place } }) => {
      const what = `${name} is ${checksumAddress(value)}, and the cluster that is configured is ${checksumAddress(contract)}`
      const hint =
        'correct it, or configure the cluster of these files: --contract-address, or --env-file with one of them'
      return value === contract || isBlamed(place) ? null : fail(place, what, hint)
    })
  },
}

const RULES: readonly Rule<Compared>[] = [
  {
    id: 'operator-on-chain',
    passed: ({ slot }) => `${slot && checksumAddress(slot.id)} is an operator of this cluster`,
    judge({ nodes, view, operator, slot, isBlamed }) {
      const signers = servicesWith(nodes, 'signer').filter(({ variable }) => !isBlamed(variable.place))
      const hint = 'check contract and operator; `wcn operator register` makes the request to join'
      const strangers = signers
        .filter(({ value }) => findSlot(view, value) === null)
        .map(({ value, variable }) =>
          fail(variable.place, `${checksumAddress(value)}, whose key it is, is no operator of this cluster`, hint),
        )
      if (strangers.length > 0 || slot !== null) return strangers
      if (operator !== null)
        return [fail(null, `${checksumAddress(operator)} is not an operator of this cluster`, hint)]
      const what = 'which operator these nodes belong to is not known'
      return signers.length === 0 ? [skip(what, 'set WCN_OPERATOR or --operator')] : null
    },
  },
  {
    id: 'node-on-chain',
    passed: 'every node key is on the list of the operator',
    judge({ slot, ...chain }) {
      const identified = identifiedNodes(chain)
      if (slot !== null && slot.decoded === null && identified.length > 0)
        return [skip(`the data of operator ${checksumAddress(slot.id)} on chain does not decode`)]
      return each(identified, ({ found, value, variable }) => {
        const lists = listsWith(chain, value)
        if (lists.some(({ id }) => slot === null || id === slot.id)) return null
        const [other] = lists
        const whose = other
          ? `a node of operator ${checksumAddress(other.id)}`
          : "which is on nobody's list: no other node talks to it"
        const hint = 'put in the right key, or put the node on the list: `wcn nodes add`'
        return fail(variable.place, `the key of ${found.name} is ${value}, ${whose}`, hint)
      })
    },
  },
  {
    id: 'ports-on-chain',
    passed: 'every node listens on its ports on chain',
    judge({ slot, ...chain }) {
      if (slot !== null && slot.decoded === null) return null
      return each(identifiedNodes(chain), (node) => {
        const mine = listsWith(chain, node.value).find(({ id }) => slot === null || id === slot.id)
        return mine ? otherPorts(node, mine.nodes, chain) : null
      })
    },
  },
  {
    /** What nobody here serves: only where the files seem to be all there are, and every key of them is a good one. */
    id: 'nodes-served',
    passed: 'every node on chain is here',
    judge({ nodes, slot }) {
      const list = slot?.decoded?.nodes ?? []
      const ids = new Set(nodes.map(({ values }) => values.peerId?.value))
      if (nodes.length < 2 || ![...ids].every((id) => list.some(({ peerId }) => peerId === id))) return null
      return each(list, ({ peerId, primaryPort }) => {
        const what = `node ${peerId} on chain (port ${primaryPort}) is none of the nodes here`
        const hint = 'name all files, or take a node that is gone off the list: `wcn nodes remove`'
        return ids.has(peerId) ? null : warn(null, what, hint)
      })
    },
  },
  {
    id: 'encryption-key-on-chain',
    passed: "the encryption key is this cluster's",
    judge({ nodes, keys, isBlamed }) {
      const judged = servicesWith(nodes, 'SMART_CONTRACT_ENCRYPTION_KEY').flatMap(
        ({ found, value, variable: { place } }) => {
          const verdict = isBlamed(place) ? undefined : keys.get(keyName(value))
          return verdict ? [{ found, verdict, place }] : []
        },
      )
      const hint = 'ask WalletConnect for the key of this cluster; a node with a wrong one starts without a word'
      const wrong = judged.flatMap(({ found, verdict, place }) =>
        verdict.kind === 'wrong'
          ? fail(place, `the encryption key of ${found.name} is not this cluster's: ${verdict.why}`, hint)
          : [],
      )
      if (wrong.length === 0 && judged.some(({ verdict }) => verdict.kind === 'unproven'))
        return [skip('nothing on chain proves the encryption key right or wrong')]
      return judged.length === 0 ? null : wrong
    },
  },
  {
    id: 'public-address-on-chain',
    passed: 'PUBLIC_ADDRESS is the address on chain',
    judge({ nodes, keys, slot, isBlamed }) {
      const judged = nodes.flatMap(
        ({ found, values: { SMART_CONTRACT_ENCRYPTION_KEY: key, peerId, PUBLIC_ADDRESS } }) => {
          const listed = slot?.decoded?.nodes.filter((node) => node.peerId === peerId?.value) ?? []
          if (!key || !PUBLIC_ADDRESS || listed.length === 0) return []
          if (keys.get(keyName(key.value))?.kind === 'wrong') return []
          if (isBlamed(key.variable.place) || isBlamed(PUBLIC_ADDRESS.variable.place)) return []
          const addresses = listed.map((node) => decryptIpv4(key.value, node.peerId, node.ipv4))
          return [{ found, ...PUBLIC_ADDRESS, addresses }]
        },
      )
      return each(judged, ({ found, value, variable, addresses }) => {
        const what = `PUBLIC_ADDRESS of ${found.name} is ${value}, and on chain it is ${addresses.join(', ')}`
        const hint = 'give the address on chain, or leave PUBLIC_ADDRESS out'
        return addresses.includes(value) ? null : fail(variable.place, what, hint)
      })
    },
  },
]

function otherPorts(
  { found, values, ...peerId }: ReturnType<typeof identifiedNodes>[number],
  list: readonly StoredNode[],
  { isBlamed }: Pick<ChainSide, 'isBlamed'>,
): readonly Complaint[] {
  const { PRIMARY_RPC_SERVER_PORT: primary, SECONDARY_RPC_SERVER_PORT: secondary } = values
  if (!primary || !secondary || isBlamed(primary.variable.place) || isBlamed(secondary.variable.place)) return []
  const here = [outwardPort(found, primary.value), outwardPort(found, secondary.value)] as const
  const differences = ({ primaryPort, secondaryPort }: StoredNode) => [
    ...(here[0] === null || here[0] === primaryPort ? [] : [{ held: primary, port: here[0], listed: primaryPort }]),
    ...(here[1] === null || here[1] === secondaryPort
      ? []
      : [{ held: secondary, port: here[1], listed: secondaryPort }]),
  ]
  const entries = list.filter((node) => node.peerId === peerId.value)
  const [wrong = []] = entries.map(differences).toSorted((one, other) => one.length - other.length)
  const namesake = list.find((node) => differences(node).length === 0)
  if (wrong.length === 2 && namesake) {
    const what = `the key of ${found.name} is not this node's: on chain, ports ${here.join(' and ')} belong to ${namesake.peerId}, and ${peerId.value} has others`
    return [fail(peerId.variable.place, what, 'the keys of two nodes were mixed up, or their ports')]
  }
  return wrong.map(({ held, port, listed }) => {
    const what = `${found.name} is reached at port ${port}, and on chain it is ${listed}`
    return fail(held.variable.place, what, 'use the port on chain, or change it there: `wcn nodes update`')
  })
}
