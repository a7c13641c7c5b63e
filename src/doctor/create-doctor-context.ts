/**
 * Reads each thing once, whoever asks for it. One group is responsible for a failure: it says what is wrong, the others
 * that they could not look because of it.
 */
import { once } from '../base/once.js'
import { judgeProviders } from '../chain/provider-verdicts.js'
import type { Services } from '../cli/services.js'
import { nodeKeyFile, readNodeKeypair } from '../key/node-secret.js'
import { requireClustersKey } from '../read/contract-knowledge.js'
import { readNodesFile } from '../read/read-nodes-file.js'
import { requireOperator } from '../read/read-operator.js'
import { type DoctorContext, type DoctorInput, orNull } from './doctor-context.js'
import { examineNodes } from './examine-nodes.js'
import { findingsOfFiles } from './findings.js'
import type { DoctorGroup } from './model/groups.js'
import { readingOnce } from './reading-once.js'

export function createDoctorContext(
  services: Services,
  input: DoctorInput,
  selected: ReadonlySet<DoctorGroup>,
): DoctorContext {
  const blames = new Map<unknown, DoctorGroup>()
  const shared = <T>(group: DoctorGroup, look: () => Promise<T>) =>
    once(async () => {
      try {
        return await look()
      } catch (error) {
        if (!blames.has(error)) blames.set(error, group)
        throw error
      }
    })
  const { settings } = services

  const operator = shared('keys', () => settings.operator())
  /** Without it the cluster can be read all the same. */
  const account = async () => (await orNull(operator)) ?? settings.contractAddress()
  const snapshot = shared('contract', async () => {
    const chain = await services.chain()
    return chain.readClusterForWrite(await account())
  })
  const quiet = readingOnce(services, snapshot)
  const probes = shared('providers', () => services.probeProviders())
  const slot = shared('membership', async () => requireOperator((await snapshot()).view, await operator()))
  const setKey = shared('keys', () => settings.requireEncryptionKey())
  const file = input.file
  const encryptionKey = shared('encryption-key', async () => {
    const key = await setKey()
    const own = file === undefined ? [] : ((await orNull(() => readNodesFile(quiet, file)))?.nodes ?? [])
    const proven = await requireClustersKey(quiet, await snapshot(), key, { force: false, own })
    return { key, proven: proven !== null }
  })
  const context: DoctorContext = {
    services: quiet,
    input,
    selected,
    operator,
    snapshot,
    slot,
    nodeKey: shared('keys', async () => {
      const path = nodeKeyFile(services, input)
      return path === null ? null : readNodeKeypair(services, path)
    }),
    probes,
    verdicts: shared('providers', async () =>
      judgeProviders(await probes(), { chainId: settings.chainId(), now: services.clock.now() }),
    ),
    encryptionKey,
    findings: shared('files', () => findingsOfFiles(context)),
    nodes: shared('nodes', () => examineNodes(context, services)),
    responsibleGroup: (error) => blames.get(error) ?? null,
  }
  return context
}
