/** The signing key: on exactly one node, and the operator's (the onboarding document, "Deploy Nodes"). */
import { type Address, checksumAddress } from '../../base/address.js'
import { SIGNING_KEY_VARIABLE } from '../../deploy/model/service-variables.js'
import type { CheckedNode } from './checked-service.js'
import { concluded, type Finding, finding, skipped } from './finding.js'
import type { FoundVariable } from './found.js'

/** An empty one and a misspelled one are mistakes of their own, but say which node was meant. */
export function judgePrimary(nodes: readonly CheckedNode[]): readonly Finding[] {
  if (nodes.length === 0) return []
  const holders = nodes.flatMap((node) => {
    const variable = signingKeyOf(node)
    return variable === null ? [] : [{ node, variable }]
  })
  const [first, ...others] = holders
  if (first === undefined) return judgeNone(nodes)
  const findings = others.map(({ node, variable }) =>
    finding(
      'one-primary',
      'fail',
      variable.place,
      `${node.found.name} has the signing key, and so has ${first.node.found.name}: only one node may have it`,
      'take the line out of every node but the primary; where both are one node, check one target at a time',
    ),
  )
  return nodes.length === 1
    ? skipped('one-primary', 'only one node is here, so whether another one has the signing key too was not looked at')
    : concluded('one-primary', findings, `exactly one node has the signing key: ${first.node.found.name}`)
}

/** `expected`: the operator that is configured; null: none is. */
export function judgeOperator(nodes: readonly CheckedNode[], expected: Address | null): readonly Finding[] {
  const signers = nodes.flatMap(({ values }) => values.signer ?? [])
  if (signers.length === 0) return []
  if (expected === null)
    return skipped(
      'operator-id',
      'which operator is meant is not known, so whose the signing key is was not looked at',
      'set WCN_OPERATOR or --operator',
    )
  return concluded(
    'operator-id',
    signers.flatMap(({ value, variable }) =>
      value === expected
        ? []
        : finding(
            'operator-id',
            'fail',
            variable.place,
            `${SIGNING_KEY_VARIABLE} is the key of ${checksumAddress(value)}, and the operator is ${checksumAddress(expected)}`,
            'put in the key of the operator, or correct WCN_OPERATOR or --operator',
          ),
    ),
    `the signing key is that of operator ${checksumAddress(expected)}`,
  )
}

function judgeNone(nodes: readonly CheckedNode[]): readonly Finding[] {
  const [first, second] = nodes
  if (first === undefined || second === undefined)
    return skipped(
      'one-primary',
      'only one node is here, and it has no signing key: whether another one has it was not looked at',
    )
  if (nodes.some(hasMoreElsewhere))
    return skipped('one-primary', 'not every file is here, so whether a node has the signing key is not known')
  return [
    finding(
      'one-primary',
      'fail',
      first.found.place,
      `none of the ${nodes.length} nodes has ${SIGNING_KEY_VARIABLE}: without it data migrations never complete`,
      'give it to exactly one of them, which is the primary then',
    ),
  ]
}

/** Whose secrets are elsewhere may have the signing key there too. */
function hasMoreElsewhere({ partial, named }: CheckedNode): boolean {
  return partial || named.effective.get('SECRET_KEY')?.value === null
}

function signingKeyOf({ named }: CheckedNode): FoundVariable | null {
  const variable = named.effective.get(SIGNING_KEY_VARIABLE)
  // Where it is empty the line has to go, not to come.
  if (variable?.value === '') return null
  return variable ?? named.meant.get(SIGNING_KEY_VARIABLE) ?? null
}
