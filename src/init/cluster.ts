/** Which cluster: its region, its contract, its chain; and the key that hides addresses in it. */

import { parseAddress } from '../base/address.js'
import { OP_MAINNET } from '../base/chain-ids.js'
import { ifSet } from '../base/if-set.js'
import { parseEncryptionKey } from '../base/keys/encryption-key.js'
import { shellWord } from '../base/shell-word.js'
import { WcnError } from '../errors/wcn-error.js'
import { warnIfTracked } from '../key/secret-file-target.js'
import { requireMatchingKey } from '../read/require-cluster.js'
import { positiveInteger } from '../settings/setting-values.js'
import { configured, KEYS_FOLDER, takenUp } from './configured.js'
import { exports, type Step } from './step.js'
import type { Wizard } from './wizard.js'

export const cluster: Step = {
  id: 'cluster',
  title: 'region and contract',
  about: `The network is a set of regional clusters, each with a contract on Optimism. A
WalletConnect team member agrees with you about your region, or assigns you to
one, and gives you the address of its contract and an encryption key.`,
  async run(wizard) {
    const { services, interactive } = wizard
    const { settings } = services
    await wizard.choose(['region'], 'Your region', {
      eu: 'eu: Europe',
      na: 'na: North America',
      sa: 'sa: South America',
      ap: 'ap: Asia-Pacific',
    })
    await wizard.ask(['contract_address'], {
      text: "Address of the region's contract",
      default: interactive ? ((await ifSet(() => settings.contractAddress())) ?? undefined) : undefined,
      check: parseAddress,
    })
    await wizard.ask(['chain_id'], {
      text: 'Chain ID (10 is OP Mainnet, 31337 a development chain)',
      default: String(interactive ? settings.chainId() : OP_MAINNET),
      check: (text, source) => positiveInteger(text, source, 'a chain ID'),
    })
    return null
  },
  commands: ({ answers, services: { settings } }) =>
    exports({
      SMART_CONTRACT_ADDRESS: answers.contract_address,
      WCN_CHAIN_ID: answers.chain_id?.toString(),
      WCN_ALLOW_PRIVATE_ADDRESSES: settings.allowPrivateAddresses() ? '1' : undefined,
    }),
}

const FILE = `${KEYS_FOLDER}/encryption.key`

export const encryption: Step = {
  id: 'encryption',
  title: 'encryption key',
  about: `Together with the address of the contract you received a symmetric key. All
operators of the cluster share it: it encrypts what is semi-sensitive on
chain, the IP addresses.`,
  async run(wizard) {
    const path = wizard.answers.encryption_key_file ?? (await obtainKey(wizard))
    parseEncryptionKey(await wizard.services.files.readSecret(wizard.at(path)), wizard.at(path))
    await wizard.keep([['encryption_key_file'], path])
    await holdAgainstCluster(wizard)
    return null
  },
  commands({ at, answers: { encryption_key_file = FILE } }) {
    const file = at(encryption_key_file)
    return [
      `# the cluster's encryption key, chmod 600: ${shellWord(file)}`,
      ...exports({ WCN_ENCRYPTION_KEY_FILE: file }),
    ]
  },
}

/** Throws ENCRYPTION_KEY_WRONG, which names both answers that may be wrong, and what reading the chain throws. */
async function holdAgainstCluster(wizard: Wizard): Promise<void> {
  const services = await configured(wizard)
  const { view } = await (await services.chain()).readCluster()
  try {
    requireMatchingKey(view, await services.settings.requireEncryptionKey(), false)
    wizard.services.talk.note('Nothing in the cluster speaks against the encryption key.')
  } catch (error) {
    if (!(error instanceof WcnError) || error.code !== 'ENCRYPTION_KEY_WRONG') throw error
    const [key, contract] = [wizard.source(['encryption_key_file']), wizard.source(['contract_address'])]
    throw new WcnError(error.code, error.message, {
      hint: `see whether it belongs to this cluster: ${key} names the key, ${contract} the contract; correct one, then \`${wizard.again}\``,
      details: error.details,
      cause: error,
    })
  }
}

async function obtainKey(wizard: Wizard): Promise<string> {
  const { files, talk } = wizard.services
  const file = wizard.at(FILE)
  if (await files.exists(file)) {
    talk.note(takenUp(file))
    return FILE
  }
  if (!wizard.interactive) throw wizard.missing(['encryption_key_file'])
  const how = await wizard.choose(['encryption_key'], "The cluster's encryption key", {
    typed: `type or paste it; it is not shown, and goes to ${file}`,
    file: 'use a file that exists',
  })
  if (how === 'file')
    return wizard.askFile('File with the key', async (path) => parseEncryptionKey(await files.readSecret(path), path))
  const key = await wizard.askSecret('Paste the encryption key', 'encryption_key_file', (typed) => {
    parseEncryptionKey(typed, 'what was typed')
    return typed
  })
  await files.makeDirectory(wizard.at(KEYS_FOLDER), 0o700)
  await warnIfTracked(wizard.services, file)
  await files.createPrivate(file, `${key}\n`)
  return FILE
}
