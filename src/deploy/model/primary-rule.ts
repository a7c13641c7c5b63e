/** Exactly one node is primary: only it gets the signing key (the onboarding document, "Deploy Nodes"; docs/dev/never.md 8). */
import { WcnError } from '../../errors/wcn-error.js'

/** The primary node. Throws PRIMARY_RULE when none or several are. */
export function requireOnePrimary<T extends { readonly name: string; readonly primary: boolean }>(
  nodes: readonly T[],
): T {
  const [primary, ...others] = nodes.filter((node) => node.primary)
  if (primary !== undefined && others.length === 0) return primary
  if (primary === undefined) {
    throw new WcnError(
      'PRIMARY_RULE',
      'no node is primary: without one, data migrations of your operator never complete',
      {
        hint: 'add "primary: true" to exactly one node; it alone gets the signing key',
      },
    )
  }
  const names = [primary, ...others].map(({ name }) => name)
  throw new WcnError(
    'PRIMARY_RULE',
    `${names.length} nodes are primary (${names.join(', ')}), and only one may have the signing key`,
    {
      hint: 'leave "primary: true" on exactly one node',
      details: { primaries: names },
    },
  )
}
