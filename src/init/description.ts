/** The answers as a deployment description, checked by the same rules as one that was written by hand. */

import { checksumAddress, parseAddress } from '../base/address.js'
import type { Description } from '../deploy/deployment-file.js'
import type { DescriptionDraft } from '../deploy/deployment-template.js'
import { type Deployment, parseDeployment } from '../deploy/model/deployment.js'
import { RPC_URL_FILE } from './configured.js'
import type { Wizard } from './wizard.js'

/** Throws what parseDeployment throws; complaints say which answer is meant. */
export function answeredDeployment(wizard: Wizard): Deployment {
  const where = (path: readonly (string | number)[]) => (path.length === 0 ? 'the deployment' : wizard.source(path))
  return parseDeployment(descriptionOf(wizard), where, rulesOf(wizard))
}

interface Trial {
  readonly address?: string
  readonly names?: readonly string[]
  readonly nodeAddress?: string
}

/**
 * A deployment in which only what is tried is not made up, so that one answer is held to the rules of the whole.
 * `source` says where it came from. Throws what parseDeployment throws.
 */
export function tryDeployment(wizard: Wizard, source: string, trial: Trial): void {
  const { address = '10.0.0.1', names = ['a', 'b'], nodeAddress } = trial
  const nodes = names.map((name, i) => ({
    name,
    host: `${i} ${name}`,
    primary: i === 0,
    ...(nodeAddress === undefined || i > 0 ? {} : { ipv4_addr: nodeAddress }),
  }))
  parseDeployment({ database: { address, host: 'database' }, nodes }, () => source, rulesOf(wizard))
}

function rulesOf({ services }: Wizard) {
  return { allowPrivateAddresses: services.settings.allowPrivateAddresses(), allowPublicDatabase: false }
}

function descriptionOf({ answers }: Wizard): Description {
  const { contract_address, operator, encryption_key_file, operator_key_file, database = {}, nodes = [] } = answers
  const { images, compose, systemd, kubernetes } = answers
  return {
    contract_address,
    rpc_url_file: RPC_URL_FILE,
    operator,
    encryption_key_file,
    operator_key_file,
    database: { ...database, address: database.address ?? '' },
    nodes: nodes.map(({ private_ipv4_addr: _, name = '', ...node }) => ({ ...node, name })),
    images,
    compose,
    systemd,
    kubernetes,
  }
}

/** What `deployment.yaml` says. */
export function draftOf(wizard: Wizard): DescriptionDraft {
  const description = descriptionOf(wizard)
  const { contract_address, operator } = description
  const address = (text: string | undefined, field: string) =>
    text === undefined ? null : checksumAddress(parseAddress(text, wizard.source([field])))
  return {
    ...description,
    contract_address: address(contract_address, 'contract_address'),
    operator: address(operator, 'operator'),
  }
}
