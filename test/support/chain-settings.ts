/** How tests reach the chain they started. */

import type { Address } from '../../src/base/address.js'
import { createDeadline } from '../../src/base/deadline.js'
import type { ChainSettings } from '../../src/chain/evm-chain.js'
import type { ProviderSettings } from '../../src/chain/rpc/json-rpc.js'

/** Of a development chain, without deadline. */
export function chainSettings(url: string, contract: () => Address): ChainSettings {
  return {
    providers: singleProvider(url),
    chainId: 31337,
    contract,
    requestTimeoutMs: 10_000,
    deadline: createDeadline(() => 0, null),
    warn: () => {},
  }
}

export function singleProvider(url: string): ProviderSettings {
  return { providers: [{ url, headers: {}, proxy: null }], quorum: 1, certificateAuthorities: null }
}
