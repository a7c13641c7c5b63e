/** A transaction for an offline signer, as `--unsigned` would write it, for tests that need no chain. */
import { encodeFunctionData } from 'viem'
import { type Address, parseAddress } from '../../src/base/address.js'
import { bytesToHex, type Hex } from '../../src/base/hex.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { CLUSTER_ABI } from '../../src/chain/contract/cluster-abi.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { storeNode } from '../../src/cluster/plain-node.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import type { UnsignedDocument } from '../../src/write/unsigned-file.js'
import { ip, node } from './nodes.js'

export const OFFLINE_KEY = parseOperatorPrivateKey('33'.repeat(32), 'the test')
export const OFFLINE_OWNER: Address = privateKeySigner(OFFLINE_KEY).address
export const APPLICANT = parseAddress('ab'.repeat(20), 'the test')
const KEY = parseEncryptionKey('42'.repeat(32), 'the test')
const CONTRACT = parseAddress('c1'.repeat(20), 'the test')

export function operatorBlob(name: string, addresses = ['20.0.20.1', '20.0.21.1']): Hex {
  const nodes = addresses.map((address, n) => storeNode(node(20 + n, { ipv4Addr: ip(address) }), KEY))
  return bytesToHex(encodeOperatorData({ name, nodes, clients: [] }))
}

type Encoded = Parameters<typeof encodeFunctionData<typeof CLUSTER_ABI>>[0]

/** Calldata of any function of the contract. */
export function calldata(functionName: string, ...args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi: CLUSTER_ABI, functionName, args } as Encoded)
}

export function addOperator(name = 'acme'): Hex {
  return calldata('addNodeOperator', { addr: APPLICANT, data: operatorBlob(name) })
}

export function unsignedDocument(changes: Partial<UnsignedDocument> = {}): UnsignedDocument {
  return {
    chainId: 10,
    genesisHash: `0x${'6e'.repeat(32)}`,
    contract: CONTRACT,
    from: OFFLINE_OWNER,
    nonce: 7,
    gas: 200_000n,
    fees: { maxFeePerGas: 5_000_000n, maxPriorityFeePerGas: 1_000_000n },
    to: CONTRACT,
    data: addOperator(),
    what: { kind: 'operator-add', title: 'add operator "acme"' },
    base: {
      block: { number: 100, hash: `0x${'bb'.repeat(32)}` },
      operator: { id: APPLICANT, data: null },
      migration: { id: 0n, pulling: false },
      maintenance: null,
    },
    createdAt: 1_790_000_000,
    ...changes,
  }
}
