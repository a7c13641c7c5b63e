/** Which cluster: its region, its contract, its chain. */

import { parseAddress } from '../base/address.js'
import { OP_MAINNET } from '../base/chain-ids.js'
import { ifSet } from '../base/if-set.js'
import { positiveInteger } from '../settings/setting-values.js'
import { DONE, type Step } from './step.js'

export const cluster: Step = {
  id: 'cluster',
  title: 'region and contract',
  about: `The network is a set of regional clusters, each with a contract on Optimism. A
WalletConnect team member agrees with you about your region, or assigns you to
one, and gives you the address of its contract and an encryption key.`,
  async run(wizard) {
    const { settings } = wizard.services
    await wizard.choose(['region'], {
      text: 'Your region',
      options: [
        { value: 'eu', label: 'eu: Europe' },
        { value: 'na', label: 'na: North America' },
        { value: 'sa', label: 'sa: South America' },
        { value: 'ap', label: 'ap: Asia-Pacific' },
      ],
    })
    const known = wizard.services.talk.interactive
    await wizard.ask(['contract_address'], {
      text: "Address of the region's contract",
      default: known ? ((await ifSet(() => settings.contractAddress())) ?? undefined) : undefined,
      check: parseAddress,
    })
    await wizard.ask(['chain_id'], {
      text: 'Chain ID (10 is OP Mainnet, 31337 a development chain)',
      default: String(known ? settings.chainId() : OP_MAINNET),
      check: (text, source) => positiveInteger(text, source, 'a chain ID'),
    })
    return DONE
  },
}
