/** The encryption key, and what it shows: whether it is the cluster's, and whether public addresses are those on chain. */

import { bytesToHex } from '../../base/hex.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { OperatorSlot } from '../../cluster/cluster-view.js'
import { decryptIpv4 } from '../../cluster/codec/ip-encryption.js'
import type { ChainSide } from './chain-side.js'
import type { CheckedNode } from './checked-service.js'
import { concluded, type Finding, finding, skipped } from './finding.js'

/** By what `ChainSide.keys` knows a key. */
export function keyName(key: EncryptionKey): string {
  return bytesToHex(key.reveal())
}

export function judgeKeys(
  nodes: readonly CheckedNode[],
  chain: ChainSide,
  slot: OperatorSlot | null,
): readonly Finding[] {
  return [...judgeEncryptionKeys(nodes, chain), ...judgeAddresses(nodes, chain, slot)]
}

function judgeEncryptionKeys(nodes: readonly CheckedNode[], { keys, isBlamed }: ChainSide): readonly Finding[] {
  const id = 'encryption-key-on-chain'
  const judged = nodes.flatMap(({ found, values: { encryptionKey } }) => {
    const verdict = encryptionKey && keys.get(keyName(encryptionKey.value))
    return encryptionKey && verdict && !isBlamed(encryptionKey.variable.place)
      ? [{ found, verdict, place: encryptionKey.variable.place }]
      : []
  })
  const wrong = judged.flatMap(({ found, verdict, place }) =>
    verdict.kind === 'wrong'
      ? finding(
          id,
          'fail',
          place,
          `the encryption key of ${found.name} is not this cluster's: ${verdict.why}`,
          'ask WalletConnect for the key of this cluster; a node with a wrong one starts without a word',
        )
      : [],
  )
  if (wrong.length === 0 && judged.some(({ verdict }) => verdict.kind === 'unproven'))
    return skipped(id, 'nothing on chain proves the encryption key right or wrong')
  return concluded(id, wrong, judged.length > 0 ? "the encryption key is this cluster's" : null)
}

function judgeAddresses(
  nodes: readonly CheckedNode[],
  { keys, isBlamed }: ChainSide,
  slot: OperatorSlot | null,
): readonly Finding[] {
  const id = 'public-address-on-chain'
  const judged = nodes.flatMap(({ found, values: { encryptionKey, peerId, publicAddress } }) => {
    const listed = slot?.decoded?.nodes.filter((node) => node.peerId === peerId?.value) ?? []
    if (!encryptionKey || !publicAddress || listed.length === 0 || isBlamed(publicAddress.variable.place)) return []
    if (keys.get(keyName(encryptionKey.value))?.kind === 'wrong' || isBlamed(encryptionKey.variable.place)) return []
    const addresses = listed.map((node) => decryptIpv4(encryptionKey.value, node.peerId, node.ipv4))
    return [{ found, publicAddress, addresses }]
  })
  return concluded(
    id,
    judged.flatMap(({ found, publicAddress: { value, variable }, addresses }) =>
      addresses.includes(value)
        ? []
        : finding(
            id,
            'fail',
            variable.place,
            `PUBLIC_ADDRESS of ${found.name} is ${value}, and on chain it is ${addresses.join(', ')}`,
            'give the address on chain, or leave PUBLIC_ADDRESS out',
          ),
    ),
    judged.length > 0 ? 'PUBLIC_ADDRESS is the address on chain' : null,
  )
}
