/**
 * What the groups of `doctor` share: each thing is read once, whoever asks for it, and throws for all of them where that
 * fails. One group is responsible for a failure: it says what is wrong, the others that they could not look because of it.
 */
import type { Address } from '../base/address.js'
import type { Check, Verdict } from '../base/check.js'
import { ifSet } from '../base/if-set.js'
import { once } from '../base/once.js'
import type { Chain, WriteSnapshot } from '../chain/chain.js'
import { judgeProviders } from '../chain/provider-verdicts.js'
import type { Services } from '../cli/services.js'
import { readNodesFile } from '../deploy/read-nodes-file.js'
import { WcnError } from '../errors/wcn-error.js'
import { openExaminer } from '../health/examiner.js'
import { expectedNodes } from '../health/model/expected-node.js'
import { nodeKeyFile, readNodeKeypair } from '../key/node-secret.js'
import { run as configCheck } from '../lint/config-check.js'
import { requireClustersKey } from '../read/contract-knowledge.js'
import { requireDecoded, requireOperator } from '../read/read-operator.js'
import type { DoctorGroup, DoctorInput } from './model/doctor-check.js'

export type DoctorContext = ReturnType<typeof createDoctorContext>

/** Checks by their IDs. Null: there is nothing to say. A list is for what is found under IDs of its own. */
export type Group = Readonly<Record<string, (context: DoctorContext) => Promise<Verdict | readonly Check[] | null>>>

export function createDoctorContext(services: Services, input: DoctorInput, selected: ReadonlySet<DoctorGroup>) {
  const { settings } = services
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
  const operator = shared('keys', () => settings.operator())
  const snapshot = shared('contract', async () => {
    // Without an operator the cluster can be read all the same.
    const account: Address = (await orNull(operator)) ?? settings.contractAddress()
    return (await services.chain()).readClusterForWrite(account)
  })
  const quiet = readingOnce(services, snapshot)
  const probes = shared('providers', () => services.probeProviders())
  const slot = shared('membership', async () => requireOperator((await snapshot()).view, await operator()))
  const setKey = shared('keys', () => settings.requireEncryptionKey())
  const encryptionKey = shared('encryption-key', async () => {
    const [key, { file }] = [await setKey(), input]
    const own = file === undefined ? [] : ((await orNull(() => readNodesFile(quiet, file)))?.nodes ?? [])
    const proven = await requireClustersKey(quiet, await snapshot(), key, { force: false, own })
    return { key, proven: proven !== null }
  })
  const nodeKey = shared('keys', async () => {
    const path = nodeKeyFile(services, input)
    return path === null ? null : readNodeKeypair(services, path)
  })
  return {
    /** Say nothing on their way, and read the chain once. */
    services: quiet,
    input,
    selected,
    /** The account that is configured. */
    operator,
    /** Cluster and account at one block; of the contract's own account where no operator is known. */
    snapshot,
    slot,
    /** Null where none is set. */
    nodeKey,
    probes,
    verdicts: shared('providers', async () =>
      judgeProviders(await probes(), { chainId: settings.chainId(), now: services.clock.now() }),
    ),
    /** What is set, and nothing that is known speaks against it. */
    encryptionKey,
    /** What `config check` finds in the files of services, also against the chain where that can be read. Null where none were named. */
    findings: shared('files', async () => {
      const { paths } = input
      if (paths.length === 0) return null
      const { data } = await configCheck(quiet, { paths, online: (await orNull(snapshot)) !== null })
      // How the chain is, another group says.
      return data.checks.filter(({ id }) => id !== 'chain')
    }),
    /** The operator's nodes, as a peer of the network sees them. With a wrong key addresses are anybody's, and nobody is asked. */
    nodes: shared('nodes', async () => {
      const { key } = await encryptionKey()
      const [read, own] = [await snapshot(), await slot()]
      const { nodes } = requireDecoded({ snapshot: read, slot: own, key })
      // A node key that can't be used is said by `keys`: nodes are looked at all the same, as a stranger.
      const { nodeKeyFile: _, ...others } = input
      const examiner =
        (await orNull(nodeKey)) === null
          ? await openExaminer({ ...services, settings: { ...settings, nodeKeyFile: () => null } }, others)
          : await openExaminer(services, input)
      const about = { snapshot: read, operator: own.id }
      return { examiner, nodes: await examiner.examine(expectedNodes(nodes, key), about) }
    }),
    /** Which group has to say what went wrong; null: whoever met it. */
    responsibleGroup: (error: unknown): DoctorGroup | null => blames.get(error) ?? null,
  }
}

/** Null where it can't be had: whoever is responsible for it says so. */
export async function orNull<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await ifSet(look)
  } catch (error) {
    if (error instanceof WcnError) return null
    throw error
  }
}

/**
 * For actions that `doctor` has in common with other commands: what they would note or warn of is a check of some group;
 * what they read is what every other group sees.
 */
function readingOnce(services: Services, snapshot: () => Promise<WriteSnapshot>): Services {
  const chain = async (): Promise<Chain> => {
    const real = await services.chain()
    return {
      ...real,
      readCluster: async (at) => (at === undefined ? snapshot() : real.readCluster(at)),
      readClusterForWrite: async (account, contract) => {
        const read = await snapshot()
        const isIt = contract === undefined && read.account.address === account
        return isIt ? read : real.readClusterForWrite(account, contract)
      },
      readAccount: async (account) => {
        const read = await unlessNoCluster(snapshot)
        return read?.account.address === account ? read : real.readAccount(account)
      },
    }
  }
  return { ...services, chain, talk: { ...services.talk, note: () => undefined, warn: () => undefined } }
}

/** An account is there without a cluster; where no provider answers, asking again gets no answer either. */
async function unlessNoCluster(snapshot: () => Promise<WriteSnapshot>): Promise<WriteSnapshot | null> {
  try {
    return await snapshot()
  } catch (error) {
    const codes = ['SETTING_MISSING', 'NOT_A_CONTRACT', 'NOT_A_CLUSTER']
    if (error instanceof WcnError && codes.includes(error.code)) return null
    throw error
  }
}
