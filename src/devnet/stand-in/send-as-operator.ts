/** Sends what a primary node sends: from its operator's account, through its provider. */

import { setTimeout as sleep } from 'node:timers/promises'
import { DEVELOPMENT_CHAIN_ID } from '../../base/chain-ids.js'
import { createDeadline } from '../../base/deadline.js'
import type { OperatorPrivateKey } from '../../base/keys/operator-key.js'
import { monotonicMs } from '../../base/monotonic-ms.js'
import type { ClusterCall } from '../../chain/chain.js'
import { connectChain } from '../../chain/evm-chain.js'
import { privateKeySigner } from '../../signers/create-signer.js'
import type { NodeEnvironment } from '../model/service-environment.js'

const REQUEST_TIMEOUT_MS = 10_000

/** Does not wait until it is included. Throws CALL_REVERTS, NETWORK, RPC_ERROR. */
export async function sendAsOperator(
  { contract, rpcUrl }: Pick<NodeEnvironment, 'contract' | 'rpcUrl'>,
  key: OperatorPrivateKey,
  call: ClusterCall,
): Promise<void> {
  const chain = await connectChain(
    {
      providers: {
        providers: [{ url: rpcUrl.reveal(), headers: {}, proxy: null }],
        quorum: 1,
        certificateAuthorities: null,
      },
      chainId: DEVELOPMENT_CHAIN_ID,
      contract: () => contract,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      deadline: createDeadline(monotonicMs, null),
      warn: () => {},
    },
    { sleep: (ms) => sleep(ms) },
  )
  try {
    const signer = privateKeySigner(key)
    const snapshot = await chain.readAccount(signer.address)
    const request = await chain.encodeCall(call)
    const estimate = await chain.estimate(snapshot, request)
    await chain.broadcast(await chain.sign(snapshot, request, estimate, signer))
  } finally {
    chain.close()
  }
}
