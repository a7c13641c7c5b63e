/** What nodes say about their database: true of the database that is here, and the same for all. */
import { type Ipv4, reservedRange } from '../../base/ipv4.js'
import type { CheckedDatabase, CheckedNode } from './checked-service.js'
import { concluded, type Finding, finding } from './finding.js'
import type { ParsedVariable } from './variable-reader.js'

const OF_NO_HOST = /multicast|broadcast|reserved|this network/

/** Anybody who reaches a database can read and write it (docs/dev/network/node-protocol.md, the `Database` API). */
export function judgeDatabaseAddress(nodes: readonly CheckedNode[]): readonly Finding[] {
  const held = nodes.flatMap(({ values }) => values.databaseAddress ?? [])
  return concluded(
    'database-private',
    held.flatMap(({ value, variable }) => {
      const why = whyNoDatabaseAddress(value)
      return why === null
        ? []
        : finding(
            'database-private',
            'fail',
            variable.place,
            `${variable.name} is ${value}, ${why}`,
            "give the database's address in your private network, such as 10.0.10.5",
          )
    }),
    held.length > 0 ? "the database's address is a private one" : null,
  )
}

/** Null where it is one. */
export function whyNoDatabaseAddress(address: Ipv4): string | null {
  const range = reservedRange(address)
  if (range === null) return 'a public address: anybody can read and write a database they reach'
  return OF_NO_HOST.test(range) ? `which no machine has: ${range}` : null
}

interface Statement {
  readonly what: string
  /** Of a node. */
  readonly said: (node: CheckedNode) => ParsedVariable<string | number> | null
  /** Of the database itself. */
  readonly truth: (database: CheckedDatabase) => ParsedVariable<string | number> | null
}

const STATEMENTS: readonly Statement[] = [
  { what: 'peer ID', said: ({ values }) => values.databasePeerId, truth: ({ values }) => values.peerId },
  { what: 'primary port', said: ({ values }) => values.databasePrimaryPort, truth: ({ values }) => values.primaryPort },
  {
    what: 'secondary port',
    said: ({ values }) => values.databaseSecondaryPort,
    truth: ({ values }) => values.secondaryPort,
  },
]

/** With exactly one database among the files; with several it is not known who belongs to whom. */
export function judgeDatabaseMatch(
  nodes: readonly CheckedNode[],
  databases: readonly CheckedDatabase[],
): readonly Finding[] {
  const [database] = databases
  if (database === undefined || databases.length > 1) return []
  let judged = false
  const findings = STATEMENTS.flatMap(({ what, said, truth }) => {
    const actual = truth(database)
    const statements = nodes.flatMap((node) => said(node) ?? [])
    if (actual === null || statements.length === 0) return []
    judged = true
    const wrong = statements.filter(({ value }) => value !== actual.value)
    const [first] = wrong
    if (first === undefined) return []
    // Several nodes that agree with each other outweigh a database that says otherwise.
    if (wrong.length > 1 && statements.every(({ value }) => value === first.value))
      return finding(
        'database-match',
        'fail',
        actual.variable.place,
        `the ${what} of ${database.found.name} is ${actual.value}, and all its nodes expect ${first.value}`,
        'correct it, or correct every node',
      )
    return wrong.map(({ value, variable }) =>
      finding(
        'database-match',
        'fail',
        variable.place,
        `${variable.name} is ${value}, and the ${what} of ${database.found.name} is ${actual.value}`,
        'a node that looks for another database starts without a word and works without one',
      ),
    )
  })
  return concluded('database-match', findings, judged ? 'the nodes look for the database that is here' : null)
}
