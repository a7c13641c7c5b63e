/** Holds one answer to the rules of a whole deployment, in which everything else is made up. */
import { type DeploymentRules, parseDeployment } from './deployment.js'

export interface Trial {
  /** Of the database. */
  readonly address?: string
  readonly names?: readonly string[]
  readonly nodeAddress?: string
}

/** `source` says where it came from. Throws what parseDeployment throws. */
export function requirePart(trial: Trial, source: string, rules: DeploymentRules): void {
  const { address = '10.0.0.1', names = ['a', 'b'], nodeAddress } = trial
  const nodes = names.map((name, i) => ({
    name,
    host: `${i} ${name}`,
    primary: i === 0,
    ...(nodeAddress === undefined || i > 0 ? {} : { ipv4_addr: nodeAddress }),
  }))
  parseDeployment({ database: { address, host: 'database' }, nodes }, () => source, rules)
}
