/** What all nodes of one operator have to say alike: their cluster, its key, and their one database. */
import { bytesToHex } from '../../base/hex.js'
import type { CheckedDatabase, CheckedNode } from './checked-service.js'
import { whyNoDatabaseAddress } from './database.js'
import { concluded, type Finding, finding } from './finding.js'
import type { FoundVariable } from './found.js'
import type { ParsedVariable } from './variable-reader.js'

interface Stated {
  readonly node: CheckedNode
  readonly variable: FoundVariable
  /** For comparing only: it may be secret. */
  readonly text: string
}

interface Matter {
  readonly what: string
  readonly of: (node: CheckedNode) => ParsedVariable<string> | null
}

const ALWAYS: readonly Matter[] = [
  { what: 'another contract', of: ({ values }) => values.contract },
  { what: 'another encryption key', of: ({ values: { encryptionKey } }) => encryptionKey && secretText(encryptionKey) },
  {
    what: 'another address of the database',
    // A public one is a mistake of its own.
    of: ({ values: { databaseAddress: held } }) => (held && whyNoDatabaseAddress(held.value) === null ? held : null),
  },
]
/** Where the one database is here, nodes are compared with it instead. */
const WITHOUT_DATABASE: readonly Matter[] = [
  { what: 'another peer ID of the database', of: ({ values }) => values.databasePeerId },
  {
    what: 'another primary port of the database',
    of: ({ values }) => values.databasePrimaryPort && asText(values.databasePrimaryPort),
  },
  {
    what: 'another secondary port of the database',
    of: ({ values }) => values.databaseSecondaryPort && asText(values.databaseSecondaryPort),
  },
]

export function judgeAgreement(
  nodes: readonly CheckedNode[],
  databases: readonly CheckedDatabase[],
): readonly Finding[] {
  if (nodes.length < 2) return []
  const matters = databases.length === 1 ? ALWAYS : [...ALWAYS, ...WITHOUT_DATABASE]
  const findings = matters.flatMap(({ what, of }) => {
    const stated = nodes.flatMap((node): readonly Stated[] => {
      const held = of(node)
      return held === null ? [] : [{ node, variable: held.variable, text: held.value }]
    })
    const usual = mostFrequent(stated)
    return stated.flatMap(({ node, variable, text }) =>
      usual === null || text === usual.text
        ? []
        : finding(
            'agreement',
            'fail',
            variable.place,
            `${node.found.name} has ${what} than ${usual.node.found.name}`,
            'all nodes of an operator share one database and one cluster; check the nodes of one cluster at a time',
          ),
    )
  })
  return concluded('agreement', findings, 'the nodes agree about their cluster and their database')
}

/** The first of those that most have; null where there is none. */
function mostFrequent(stated: readonly Stated[]): Stated | null {
  const counts = new Map<string, number>()
  for (const { text } of stated) counts.set(text, (counts.get(text) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return stated.find(({ text }) => counts.get(text) === most) ?? null
}

function asText({ value, variable }: ParsedVariable<number>): ParsedVariable<string> {
  return { value: String(value), variable }
}

function secretText({ value, variable }: NonNullable<CheckedNode['values']['encryptionKey']>): ParsedVariable<string> {
  return { value: bytesToHex(value.reveal()), variable }
}
