/** Judges nodes: which one is primary, what has to differ between them, and what all of them must have alike. */
import { checksumAddress } from '../../base/address.js'
import { bytesToHex } from '../../base/hex.js'
import { type Ipv4, reservedRange } from '../../base/ipv4.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import { SIGNING_KEY_VARIABLE } from '../../deploy/model/service-variables.js'
import {
  type CheckedService,
  type Deployment,
  isHostNetwork,
  isOnHost,
  outwardPort,
  servicesWith,
} from './checked-service.js'
import { each, fail, type Rule, skip, warn } from './finding.js'

const OF_NO_HOST = /multicast|broadcast|reserved|this network/

/** What all nodes have alike. */
const OF_CLUSTER = [
  ['SMART_CONTRACT_ADDRESS', 'contract'],
  ['SMART_CONTRACT_ENCRYPTION_KEY', 'encryption key'],
  ['DATABASE_RPC_SERVER_ADDRESS', 'address of the database'],
] as const
/** What nodes say about their database, and the database about itself. */
const OF_DATABASE = [
  ['DATABASE_PEER_ID', 'peerId', 'peer ID'],
  ['DATABASE_PRIMARY_RPC_SERVER_PORT', 'PRIMARY_RPC_SERVER_PORT', 'primary port'],
  ['DATABASE_SECONDARY_RPC_SERVER_PORT', 'SECONDARY_RPC_SERVER_PORT', 'secondary port'],
] as const

export const NODE_RULES: readonly Rule<Deployment>[] = [
  {
    /** The onboarding document, "Deploy Nodes": on exactly one node. */
    id: 'one-primary',
    passed: ({ nodes }) => `exactly one node has the signing key: ${nodes.find(signingKeyOf)?.found.name}`,
    judge({ nodes }) {
      const [first, ...others] = nodes.filter(signingKeyOf)
      if (nodes.length === 1) {
        const has = first
          ? ', so whether another one has the signing key too'
          : ', and it has no signing key: whether another one has it'
        return [skip(`only one node is here${has} was not looked at`)]
      }
      if (first !== undefined) {
        const hint =
          'take the line out of every node but the primary; where both are one node, check one target at a time'
        return others.map((node) => {
          const what = `${node.found.name} has the signing key, and so has ${first.found.name}: only one node may have it`
          return fail(signingKeyOf(node)?.place ?? null, what, hint)
        })
      }
      // Whose secrets are elsewhere may have the signing key there too.
      if (nodes.some(({ partial, effective }) => partial || effective.get('SECRET_KEY')?.value === null))
        return [skip('not every file is here, so whether a node has the signing key is not known')]
      return each(nodes.slice(0, 1), ({ found }) => {
        const what = `none of the ${nodes.length} nodes has ${SIGNING_KEY_VARIABLE}: without it data migrations never complete`
        return fail(found.place, what, 'give it to exactly one of them, which is the primary then')
      })
    },
  },
  {
    id: 'operator-id',
    passed: ({ operator }) => `the signing key is that of operator ${operator && checksumAddress(operator)}`,
    judge({ nodes, operator }) {
      const signers = servicesWith(nodes, 'signer')
      if (operator === null && signers.length > 0) {
        const what = 'which operator is meant is not known, so whose the signing key is was not looked at'
        return [skip(what, 'set WCN_OPERATOR or --operator')]
      }
      return each(signers, ({ value, variable }) => {
        if (operator === null || value === operator) return null
        const what = `${SIGNING_KEY_VARIABLE} is the key of ${checksumAddress(value)}, and the operator is ${checksumAddress(operator)}`
        return fail(variable.place, what, 'put in the key of the operator, or correct WCN_OPERATOR or --operator')
      })
    },
  },
  {
    /**
     * One keypair for everything is legal (the onboarding document, "Generate Node & Database keypairs"); one that only
     * some of the services share has rather been copied by mistake.
     */
    id: 'shared-key',
    passed: 'every node has a key of its own',
    judge({ nodes, databases, all }) {
      const held = servicesWith(nodes, 'peerId')
      if (held.length < 2) return null
      const isOneForAll = databases.length > 0 && new Set(all.map(({ values }) => values.peerId?.value)).size === 1
      const hint =
        'a copy? `wcn key generate` makes a key for each node; where both are one node, check one target at a time'
      return each(held, ({ found, value, variable }, index) => {
        const same = held.slice(0, index).find((one) => one.value === value)
        if (same === undefined || isOneForAll) return null
        return warn(variable.place, `${found.name} has the key of ${same.found.name}: both are ${value}`, hint)
      })
    },
  },
  {
    id: 'agreement',
    passed: 'the nodes agree about their cluster and their database',
    judge({ nodes, databases }) {
      if (nodes.length < 2) return null
      // Where the one database is here, nodes are compared with it instead.
      const ofDatabase = OF_DATABASE.map(([name, , what]) => [name, `${what} of the database`] as const)
      return [...OF_CLUSTER, ...(databases.length === 1 ? [] : ofDatabase)].flatMap(([name, what]) => {
        const stated = servicesWith(nodes, name)
          .map((one) => ({ ...one, text: textOf(one.value) }))
          // A public database is a mistake of its own.
          .filter(({ text }) => name !== 'DATABASE_RPC_SERVER_ADDRESS' || whyNoDatabaseAddress(text as Ipv4) === null)
        const counts = new Map<string, number>()
        for (const { text } of stated) counts.set(text, (counts.get(text) ?? 0) + 1)
        const most = Math.max(...counts.values())
        const usual = stated.find(({ text }) => counts.get(text) === most)
        const hint =
          'all nodes of an operator share one database and one cluster; check the nodes of one cluster at a time'
        return stated
          .filter(({ text }) => text !== usual?.text)
          .map(({ found, variable }) =>
            fail(variable.place, `${found.name} has another ${what} than ${usual?.found.name}`, hint),
          )
      })
    },
  },
  {
    /** Anybody who reaches a database can read and write it (docs/dev/network/node-protocol.md, the `Database` API). */
    id: 'database-private',
    passed: "the database's address is a private one",
    judge: ({ nodes }) =>
      each(servicesWith(nodes, 'DATABASE_RPC_SERVER_ADDRESS'), ({ value, variable: { name, place } }) => {
        const why = whyNoDatabaseAddress(value)
        const hint = "give the database's address in your private network, such as 10.0.10.5"
        return why === null ? null : fail(place, `${name} is ${value}, ${why}`, hint)
      }),
  },
  {
    /** With exactly one database among the files; with several it is not known who belongs to whom. */
    id: 'database-match',
    passed: 'the nodes look for the database that is here',
    judge({ nodes, databases }) {
      const judged = OF_DATABASE.flatMap(([name, own, what]) => {
        const [actual] = databases.length === 1 ? servicesWith(databases, own) : []
        const stated = servicesWith(nodes, name)
        return actual === undefined || stated.length === 0 ? [] : { what, actual, stated }
      })
      return each(judged, ({ what, actual, stated }) => {
        const wrong = stated.filter(({ value }) => value !== actual.value)
        const [first] = wrong
        const its = `the ${what} of ${actual.found.name} is ${actual.value}`
        // Several nodes that agree with each other outweigh a database that says otherwise.
        if (first !== undefined && wrong.length > 1 && stated.every(({ value }) => value === first.value)) {
          const expected = `${its}, and all its nodes expect ${first.value}`
          return fail(actual.variable.place, expected, 'correct it, or correct every node')
        }
        const hint = 'a node that looks for another database starts without a word and works without one'
        return wrong.map(({ value, variable: { name, place } }) => fail(place, `${name} is ${value}, and ${its}`, hint))
      })
    },
  },
]

export const PUBLIC_ADDRESS_RULE: Rule<Deployment> = {
  /**
   * A node dials every on-chain node at its own PUBLIC_ADDRESS through 127.0.0.1 (docs/dev/network/node-protocol.md, "Environment that
   * wcn_db and wcn_node read"): nodes that share one must be on one machine, without containers, and have ports of their own.
   */
  id: 'public-address',
  passed: 'PUBLIC_ADDRESS misleads no node',
  judge({ nodes, allowPrivateAddresses }) {
    const held = servicesWith(nodes, 'PUBLIC_ADDRESS')
    return each(held, ({ found, value, variable: { place }, ...node }, index) => {
      const own = `PUBLIC_ADDRESS of ${found.name}`
      const range = reservedRange(value)
      if (range !== null && !allowPrivateAddresses) {
        const what = `${own} is ${value}, no public address: ${range}`
        return warn(place, what, 'give the address on chain, or leave it out')
      }
      const sharing = held.slice(0, index).filter((one) => one.value === value)
      const [complain] = sharing.flatMap((one) => whyNotShared(one, { found, ...node }) ?? [])
      const hint = 'leave PUBLIC_ADDRESS out: it is for nodes that share an address and a machine'
      return complain ? complain.as(place, `${own}: ${complain.why}`, hint) : null
    })
  },
}

/** For comparing only: it may be secret. */
function textOf(value: string | number | EncryptionKey): string {
  return typeof value === 'object' ? bytesToHex(value.reveal()) : String(value)
}

type Running = Pick<CheckedService, 'found' | 'values'>

function whyNotShared(one: Running, other: Running) {
  const { name, machine } = one.found
  const together = machine !== null && machine === other.found.machine
  if (together && isOnHost(one.found) && isOnHost(other.found)) return null
  const port = rpcPorts(one).find((number) => rpcPorts(other).includes(number))
  if (port !== undefined) return { as: fail, why: `it shares the address and port ${port} with ${name}` }
  const contained = [one, other].some(({ found }) => found.image !== null && !found.published.some(isHostNetwork))
  const apart = machine !== null && other.found.machine !== null && !together
  return contained || apart
    ? { as: fail, why: `it looks for ${name}, which has the same, at 127.0.0.1, where that is not` }
    : { as: warn, why: `it looks for ${name}, which has the same, on its own machine` }
}

function rpcPorts({ found, values }: Running): readonly number[] {
  return [values.PRIMARY_RPC_SERVER_PORT, values.SECONDARY_RPC_SERVER_PORT].flatMap(
    (held) => (held && outwardPort(found, held.value)) ?? [],
  )
}

/** An empty one and a misspelled one are mistakes of their own; a misspelled one says which node was meant. */
function signingKeyOf({ effective, meant }: CheckedService) {
  const variable = effective.get(SIGNING_KEY_VARIABLE)
  return variable?.value === '' ? null : (variable ?? meant.get(SIGNING_KEY_VARIABLE))
}

/** Null where it is one. */
function whyNoDatabaseAddress(address: Ipv4): string | null {
  const range = reservedRange(address)
  if (range === null) return 'a public address: anybody can read and write a database they reach'
  return OF_NO_HOST.test(range) ? `which no machine has: ${range}` : null
}
