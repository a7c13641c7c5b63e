/** What the answers amount to: flags of the command lines that the steps carry out, and a deployment description. */

import { checksumAddress, parseAddress } from '../base/address.js'
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import type { Services } from '../cli/services.js'
import type { Description } from '../deploy/deployment-file.js'
import type { DescriptionDraft } from '../deploy/deployment-template.js'
import { type Deployment, parseDeployment } from '../deploy/model/deployment.js'
import { requirePart, type Trial } from '../deploy/model/require-part.js'
import { requireRpcUrl } from '../settings/provider-settings.js'
import type { Wizard } from './wizard.js'

/** In the folder. */
export const KEYS_FOLDER = 'keys'
export const RPC_URL_FILE = 'rpc.url'

/** Services with all that is known by now; `more`: further flags. Throws SETTING_*, FILE_*. */
export async function configured(wizard: Wizard, more: Readonly<Record<string, unknown>> = {}): Promise<Services> {
  const { contract_address, chain_id, encryption_key_file, operator } = wizard.answers
  const [rpcUrl] = await knownUrls(wizard)
  return wizard.configured({
    contractAddress: contract_address,
    chainId: chain_id?.toString(),
    ...(rpcUrl === undefined ? {} : { rpcUrl: [rpcUrl] }),
    encryptionKeyFile: encryption_key_file && wizard.at(encryption_key_file),
    ...signerFlags(wizard),
    operator,
    ...(wizard.services.settings.allowPrivateAddresses() ? { allowPrivateAddresses: true } : {}),
    ...more,
  })
}

/** Of the operator's key, as every command that signs takes them. */
export function signerFlags({ answers, at }: Wizard) {
  const { operator_key_file, keystore, password_file } = answers
  return {
    ...(operator_key_file === undefined ? {} : { privateKeyFile: at(operator_key_file) }),
    ...(keystore === undefined ? {} : { keystore: at(keystore) }),
    ...(keystore === undefined || password_file === undefined ? {} : { passwordFile: at(password_file) }),
  }
}

/** Of the file, which is written as soon as they are known, with the chosen one in the end. Throws SETTING_INVALID, FILE_*. */
export async function knownUrls({ services: { files }, at }: Wizard): Promise<readonly string[]> {
  const file = at(RPC_URL_FILE)
  if (!(await files.exists(file))) return []
  const urls = (await files.readSecret(file)).split(/\s+/).filter((url) => url !== '')
  for (const url of urls) requireRpcUrl(url, file)
  return urls
}

/** What is said of a key file that an earlier run, or somebody else, made. */
export function takenUp(file: string): string {
  return `${file} is there already: it is taken up (for another, move it away, and its answers out of wcn-init.json)`
}

/** Throws what parseDeployment throws; complaints say which answer is meant. */
export function answeredDeployment(wizard: Wizard): Deployment {
  const where = (path: readonly (string | number)[]) => (path.length === 0 ? 'the deployment' : wizard.source(path))
  return parseDeployment(descriptionOf(wizard), where, rulesOf(wizard))
}

/** Throws what parseDeployment throws. `source`: where what is tried came from. */
export function tryDeployment(wizard: Wizard, source: string, trial: Trial): void {
  requirePart(trial, source, rulesOf(wizard))
}

function rulesOf({ services, answers }: Wizard) {
  const isDevelopment = Number(answers.chain_id) === DEVELOPMENT_CHAIN_ID
  return {
    allowPrivateAddresses: isDevelopment || services.settings.allowPrivateAddresses(),
    allowPublicDatabase: false,
  }
}

function descriptionOf({ answers }: Wizard): Description {
  const { contract_address, operator, encryption_key_file, operator_key_file, database = {}, nodes = [] } = answers
  const { name, images, compose, systemd, kubernetes } = answers
  return {
    name,
    contract_address,
    rpc_url_file: RPC_URL_FILE,
    operator,
    encryption_key_file,
    operator_key_file,
    database: { ...database, address: database.address ?? '' },
    nodes: nodes.map(({ name = '', ...node }) => ({ ...node, name })),
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
