/**
 * Makes the transactions that deploy a cluster contract: implementation first, then the proxy that founds the cluster.
 */
import { concatHex, encodeAbiParameters, encodeFunctionData, getContractAddress } from 'viem'
import { type Address, parseAddress } from '../../base/address.js'
import { bytesToHex, type Hex } from '../../base/hex.js'
import type { TransactionRequest } from '../transaction.js'
import { CLUSTER_ABI } from './cluster-abi.js'
import artifact from './contracts.json' with { type: 'json' }

const { Cluster, ERC1967Proxy } = artifact.contracts
/** The proxy's constructor: it delegates `data` to the implementation, whose caller is then still the deployer. */
const PROXY_CONSTRUCTOR = [
  { name: 'implementation', type: 'address' },
  { name: 'data', type: 'bytes' },
] as const

export const clusterDeployment = {
  /** Where an account's transaction of that nonce creates a contract. */
  address: (from: Address, nonce: number): Address =>
    parseAddress(getContractAddress({ from, nonce: BigInt(nonce) }), "the deployment's sender and nonce"),
  /** The project's own where no other is given. */
  implementation: (bytecode = Cluster.bytecode as Hex): TransactionRequest => ({ to: null, data: bytecode }),
  proxy(
    implementation: Address,
    settings: { readonly maxOperatorDataBytes: number; readonly minOperators: number; readonly extra: Uint8Array },
    operators: readonly { readonly id: Address; readonly data: Uint8Array }[],
  ): TransactionRequest {
    const initialize = encodeFunctionData({
      abi: CLUSTER_ABI,
      functionName: 'initialize',
      args: [
        { ...settings, extra: bytesToHex(settings.extra) },
        operators.map(({ id, data }) => ({ addr: id, data: bytesToHex(data) })),
      ],
    })
    const constructorArguments = encodeAbiParameters(PROXY_CONSTRUCTOR, [implementation, initialize])
    return { to: null, data: concatHex([ERC1967Proxy.bytecode as Hex, constructorArguments]) }
  },
}
