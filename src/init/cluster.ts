/** Which cluster: its region, its contract, its chain. */

import { parseAddress } from '../base/address.js'
import { OP_MAINNET } from '../base/chain-ids.js'
import { ifSet } from '../base/if-set.js'
import { positiveInteger } from '../settings/setting-values.js'
import { exports, type Step } from './step.js'

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
