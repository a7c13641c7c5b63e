/** Where a join request stands with its cluster, once or until the owner has answered. */

import { isTransient } from '../base/is-transient.js'
import { sourceName } from '../base/source-name.js'
import { utc } from '../base/utc.js'
import type { ActionResult, Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import type { Change } from '../cluster/operator-changes.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { openSound } from './examine-document.js'
import { readJoinDocument } from './join-request-document.js'
import { requireSameCluster, type Standing, standingOf } from './model/admission.js'
import type { OpenedRequest } from './model/join-request.js'

type RegisterStatus = 'draft' | 'written' | 'pending' | 'on-chain' | 'different'
export type RegisterData = ReturnType<typeof registerJson>

/** So that an approval is seen within two blocks, of 2 s: an answer takes time as well. */
const PAUSE_MS = 3_000
/** Whether it is still valid, and how its addresses look, matter to the owner; here it is only compared. */
const NOT_ASKED = ['validity', 'addresses']

/** `more`: what is known in this status besides. */
export function registerJson(
  status: RegisterStatus,
  { content, digest }: OpenedRequest,
  more: {
    readonly request_file?: string
    readonly draft_file?: string
    readonly changes?: readonly Change[]
    readonly reason?: string
    readonly missing_proofs?: readonly string[]
  } = {},
) {
  return {
    status,
    request_file: more.request_file ?? null,
    draft_file: more.draft_file ?? null,
    operator: content.operator,
    /** Null, like `expires_at`, where it is on chain and no file says what was signed for it. */
    digest: digest as typeof digest | null,
    /** Unix seconds. */
    expires_at: content.expiresAt as number | null,
    /** From what was requested to what is on chain. */
    changes: more.changes ?? [],
    /** Why it is `different`, in words. */
    reason: more.reason ?? null,
    missing_proofs: more.missing_proofs ?? [],
  }
}

/** Throws DOCUMENT_INVALID, REQUEST_INVALID, FILE_*. */
export async function openRequestFile(services: Services, path: string): Promise<OpenedRequest> {
  const request = await readJoinDocument(services, path, 'wcn-join-request')
  return openSound(services, request, sourceName(path), { except: NOT_ASKED })
}

/**
 * `wait`: until --timeout, without one until the request expires; exit code 8 unless it is on chain as requested in the
 * end. Throws REQUEST_INVALID and what the chain throws.
 */
export async function requestStanding(
  services: Services,
  path: string,
  opened: OpenedRequest,
  { wait }: { readonly wait?: boolean },
): Promise<ActionResult<RegisterData>> {
  const { settings, clock, talk } = services
  const { expiresAt } = opened.content
  const limitMs = settings.timeoutMs()
  requireSameCluster(opened.content, settings)
  const key = await settings.encryptionKey()
  const deadline = limitMs === null ? expiresAt : clock.now() + limitMs / 1000
  const look = async () => standingOf((await (await services.chain()).readCluster()).view, opened, key)
  const standing = wait ? await untilThere(services, look, deadline) : await look()
  if (standing.kind === 'absent' && expiresAt <= clock.now())
    talk.warn(`the request expired on ${utc(expiresAt)}; --force writes a new one`)
  const status = ({ absent: 'pending', 'as-requested': 'on-chain', different: 'different' } as const)[standing.kind]
  const difference = standing.kind === 'different' ? { changes: standing.changes, reason: standing.reason } : {}
  return {
    data: registerJson(status, opened, { request_file: path, ...difference }),
    ...(wait && status !== 'on-chain' ? { exitCode: EXIT_CHECK_FAILED } : {}),
  }
}

/** `deadline` in Unix seconds. A provider that is away for a while is waited for as well. */
async function untilThere(services: Services, look: () => Promise<Standing>, deadline: number): Promise<Standing> {
  const { clock } = services
  const leftMs = () => (deadline - clock.now()) * 1000
  let last: Standing | null = null
  return waiting(services, { what: "waiting for the cluster's owner", leftMs }, async (wait) => {
    for (;;) {
      const over = leftMs() <= 0
      // With --timeout nothing can be asked any more by now.
      if (over && last) return last
      try {
        last = await look()
        if (last.kind !== 'absent' || over) return last
        wait.see('the request is not on chain yet')
      } catch (error) {
        if (last && services.deadline.remainingMs() <= 0) return last
        if (over || !isTransient(error)) throw error
        wait.see(`${error.message}; trying again`)
      }
      await wait.sleep(Math.min(PAUSE_MS, leftMs()))
    }
  })
}
