/** The whole way of a transaction that is signed elsewhere, on a real chain, up to the file that is to be sent. */
import { beforeEach, expect } from 'vitest'
import type { Address } from '../../src/base/address.js'
import type { Hex } from '../../src/base/hex.js'
import type { WriteKind } from '../../src/platform/state/journal-entry.js'
import { run as sign } from '../../src/tx/tx-sign.js'
import { writeBase } from '../../src/write/model/write-base.js'
import { parseSignedFile, type SignedDocument } from '../../src/write/unsigned-file.js'
import { writeUnsigned } from '../../src/write/write-unsigned.js'
import type { ChainServices, ChainServicesOptions } from './chain-services.js'
import { APPLICANT, addOperator, OFFLINE_KEY, OFFLINE_OWNER } from './unsigned.js'
import { OWNER, useRealCluster } from './use-real-cluster.js'

export const FILE = 'tx.json'
export const SIGNED = 'signed.json'

export interface Wanted {
  readonly data: Hex
  readonly kind: WriteKind
  readonly operator: Address | null
}

export const ADDITION: Wanted = { data: addOperator(), kind: 'operator-add', operator: APPLICANT }

/** Registers the hooks of useRealCluster; the cluster's owner is somebody whose key is offline. */
export function useOfflineOwner() {
  const cluster = useRealCluster()
  beforeEach(async () => {
    await cluster.setBalance(10n ** 18n, OFFLINE_OWNER)
    await cluster.now.cluster.write(OWNER, 'transferOwnership', [OFFLINE_OWNER])
    await cluster.now.cluster.write(OFFLINE_OWNER, 'acceptOwnership')
  })

  /** As `--unsigned FILE` of a command that wants this. */
  async function writeDown(made: ChainServices, { data, kind, operator }: Wanted = ADDITION, file = FILE) {
    const snapshot = await (await made.services.chain()).readClusterForWrite(OFFLINE_OWNER)
    const { contract } = snapshot
    const base = writeBase(snapshot, operator)
    const request = { to: contract, data }
    return writeUnsigned(made.services, file, snapshot, { title: 'what is wanted', kind, changes: [], request, base })
  }

  return {
    ...cluster,
    writeDown,
    /** Files, as they are after `--unsigned` and `tx sign`. */
    async signed(wanted: Wanted = ADDITION): Promise<{ readonly document: SignedDocument; readonly text: string }> {
      const made = cluster.services({ privateKey: OFFLINE_KEY })
      await writeDown(made, wanted)
      await sign(made.services, { file: FILE, out: SIGNED })
      const text = made.files.contents.get(SIGNED)
      expect(text).toBeDefined()
      return { document: parseSignedFile(text ?? '', SIGNED), text: text ?? '' }
    },
    /** The services of a machine that has that file, and no key. */
    sender(text: string, options: Partial<ChainServicesOptions> = {}): ChainServices {
      return cluster.services({ privateKey: null, files: { [SIGNED]: text }, ...options })
    },
  }
}
