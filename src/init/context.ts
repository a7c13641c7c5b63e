/** The settings that the steps before have proven, kept for all other commands. */

import { offerContext } from '../context/offer-context.js'
import { knownUrls, RPC_URL_FILE, signerFlags } from './configured.js'
import { nodeKeyFile } from './nodes.js'
import { flags, type Step, wcn } from './step.js'
import type { Wizard } from './wizard.js'

const USUAL = 'mine'

export const context: Step = {
  id: 'context',
  title: 'settings for other commands',
  about: `A context keeps which cluster is meant, where the keys are, and which operator
you are, so that other commands need neither flags nor exports.`,
  async run(wizard) {
    if (wizard.answers.context === 'no') return null
    const given = { ...contextFlags(wizard), rpcUrl: (await knownUrls(wizard)).slice(0, 1) }
    const usual = wizard.answers.region ?? USUAL
    const { name, declined } = await offerContext(wizard.services, { usual, flags: given, wanted: wizard.addContext })
    wizard.contextIs(name)
    if (declined) await wizard.keep([['context'], 'no'])
    return null
  },
  commands(wizard) {
    const known = Object.entries(contextFlags(wizard)).map(([name, value]) => [
      `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      value,
    ])
    const given = { ...Object.fromEntries(known), '--rpc-url-file': wizard.at(RPC_URL_FILE) }
    return [wcn('context add', [wizard.answers.region ?? USUAL], flags(given))]
  },
}

function contextFlags(wizard: Wizard): Readonly<Record<string, string | undefined>> {
  const { answers, at } = wizard
  return {
    contractAddress: answers.contract_address,
    chainId: answers.chain_id?.toString(),
    encryptionKeyFile: answers.encryption_key_file && at(answers.encryption_key_file),
    ...signerFlags(wizard),
    operator: answers.operator,
    nodeKeyFile: nodeKeyFile(wizard),
  }
}
