/** Where a join request stands with its cluster, once or until the owner has answered. */

import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import { sourceName } from '../base/source-name.js'
import type { ActionResult, Services } from '../cli/services.js'
import type { Change } from '../cluster/operator-changes.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { blindExaminationTools } from './examination-tools.js'
import { readJoinRequest } from './join-request-document.js'
import { requireSameCluster } from './model/admission.js'
import { examineRequest } from './model/examine.js'
import type { OpenedRequest } from './model/open.js'
import { requireClean } from './model/require-clean.js'
import { dateOf } from './model/rules.js'
import { type Standing, standingOf } from './model/standing.js'

export type RegisterStatus = 'draft' | 'written' | 'pending' | 'on-chain' | 'different'

/** `changes` go from what was requested to what is on chain. */
export interface RegisterData {
  readonly status: RegisterStatus
  readonly request_file: string | null
  readonly draft_file: string | null
  readonly operator: Address
  /** Null, like `expires_at`, where it is on chain and no file says what was signed for it. */
  readonly digest: Hex | null
  /** Unix seconds. */
  readonly expires_at: number | null
  readonly changes: readonly Change[]
  /** Why it is `different`, in words. */
  readonly reason: string | null
  readonly missing_proofs: readonly string[]
}

export interface StandingInput {
  /** Until --timeout; without one until the request expires. */
  readonly wait?: boolean
}

const FIRST_PAUSE_MS = 1_000
/** An owner answers in hours: asking more often only costs the provider. */
const LONGEST_PAUSE_MS = 30_000
/** Whether it is still valid, and how its addresses look, matter to the owner; here it is only compared. */
const NOT_ASKED = ['validity', 'addresses']

/** Throws DOCUMENT_INVALID, REQUEST_INVALID, FILE_*. */
export async function openRequestFile(services: Services, path: string): Promise<OpenedRequest> {
  const request = await readJoinRequest(services, path)
  const examination = await examineRequest(request, await blindExaminationTools(services))
  return requireClean(examination, sourceName(path), NOT_ASKED)
}

/** With `wait`, exit code 8 unless it is on chain as requested in the end. Throws REQUEST_INVALID and what the chain throws. */
export async function requestStanding(
  services: Services,
  path: string,
  opened: OpenedRequest,
  input: StandingInput,
): Promise<ActionResult<RegisterData>> {
  const { settings, clock, talk } = services
  const { content, digest } = opened
  const limitMs = settings.timeoutMs()
  requireSameCluster(content, { chainId: settings.chainId(), contract: settings.contractAddress() })
  const key = await settings.encryptionKey()
  const deadline = limitMs === null ? content.expiresAt : clock.now() + limitMs / 1000
  const look = () => lookUp(services, opened, key)
  const standing = input.wait ? await untilThere(services, look, deadline) : await look()
  if (standing.kind === 'absent' && content.expiresAt <= clock.now())
    talk.warn(`the request expired on ${dateOf(content.expiresAt)}; --force writes a new one`)
  return {
    data: {
      status: standing.kind === 'absent' ? 'pending' : standing.kind === 'as-requested' ? 'on-chain' : 'different',
      request_file: path,
      draft_file: null,
      operator: content.operator,
      digest,
      expires_at: content.expiresAt,
      changes: standing.kind === 'different' ? standing.changes : [],
      reason: standing.kind === 'different' ? standing.reason : null,
      missing_proofs: [],
    },
    ...(input.wait && standing.kind !== 'as-requested' ? { exitCode: EXIT_CHECK_FAILED } : {}),
  }
}

async function lookUp(
  services: Services,
  { content, blob, data }: OpenedRequest,
  key: EncryptionKey | null,
): Promise<Standing> {
  const { view } = await (await services.chain()).readCluster()
  return standingOf(view, { operator: content.operator, blob, data }, key)
}

/** `deadline` in Unix seconds. A provider that is away for a while is waited for as well. */
async function untilThere(services: Services, look: () => Promise<Standing>, deadline: number): Promise<Standing> {
  const { clock, talk } = services
  talk.note(`waiting for the cluster's owner until ${dateOf(deadline)}`)
  let complained = false
  let last: Standing | null = null
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const leftMs = (deadline - clock.now()) * 1000
    // With --timeout nothing can be asked any more by now.
    if (leftMs <= 0 && last) return last
    try {
      last = await look()
      if (last.kind !== 'absent' || leftMs <= 0) return last
    } catch (error) {
      if (last && services.deadline.remainingMs() <= 0) return last
      if (leftMs <= 0 || !(error instanceof WcnError) || !['NETWORK', 'RPC_ERROR'].includes(error.code)) throw error
      if (!complained) talk.warn(`${error.message}; trying again`)
      complained = true
    }
    await clock.sleep(Math.min(pauseMs, leftMs))
  }
}
