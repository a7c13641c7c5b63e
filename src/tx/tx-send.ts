/**
 * `tx send`: sends a transaction that was signed elsewhere, after everything has been checked again: the file against its
 * bytes, and the chain against what the transaction was planned on (docs/dev/never.md 1, 4).
 */

import { sourceName } from '../base/source-name.js'
import type { DecodedCall } from '../chain/calls.js'
import type { CostEstimate, WriteSnapshot } from '../chain/chain.js'
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { rememberContract, reportImplementation } from '../read/contract-knowledge.js'
import { warnOfWrongKey } from '../read/read-operator.js'
import { isNonceStill, withAccountLock } from '../write/account.js'
import { type AllowanceFlags, allowances } from '../write/allowances.js'
import { requireBid, requireConsent, showWrite } from '../write/ask.js'
import { carryOut, journalKey } from '../write/carry-out.js'
import { operatorOf } from '../write/model/cluster-call.js'
import { readBack } from '../write/read-back.js'
import { isRevert } from '../write/run-write.js'
import { transactionFailure } from '../write/transaction-failure.js'
import { type WriteJson, writeJson } from '../write/write-json.js'
import { callFaults, type Reviewer } from './call-operator-data.js'
import { explainCall } from './explain-call.js'
import { entryOf, findSent, nonceUsed, requireStillMeant, type SignedSource } from './signed-standing.js'
import { readSignedFile, requireUnderstood } from './understood-transaction.js'

export interface Input extends AllowanceFlags {
  readonly file: string
  readonly dryRun?: boolean
}

interface Sending extends SignedSource {
  readonly call: DecodedCall
  readonly reviewer: Reviewer
}

/**
 * Where it is on chain already, that is no error. Throws DOCUMENT_INVALID, TRANSACTION_INVALID, WRONG_CHAIN,
 * STATE_CHANGED, TRANSACTION_OPEN, ACCOUNT_LOCKED, ACCOUNT_BUSY, MIGRATION_IN_PROGRESS, FEE_TOO_HIGH, INSUFFICIENT_FUNDS, CALL_REVERTS,
 * CONFIRMATION_REQUIRED, DECLINED before sending, then what transactionFailure gives, and SETTLED_OTHERWISE.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<WriteJson>> {
  const source = sourceName(input.file)
  const document = await readSignedFile(services, input.file)
  const call = await requireUnderstood(services, document, source)
  const reviewer = { key: await services.settings.encryptionKey(), allowed: allowances(services, input) }
  const sending = { document, call, source, dryRun: input.dryRun === true, reviewer }
  const work = () => send(services, sending)
  return { data: await (sending.dryRun ? work() : withAccountLock(services, document.from, work)) }
}

async function send(services: Services, sending: Sending): Promise<WriteJson> {
  const { document, call, source, dryRun } = sending
  const { talk } = services
  const { from, contract } = document
  const chain = await services.chain()
  const read = () => chain.readClusterForWrite(from, contract)
  const snapshot = await read()
  if (snapshot.genesisHash !== document.genesisHash)
    throw new WcnError('WRONG_CHAIN', `${source} is for another chain of the same ID ${document.chainId}`, {
      hint: 'a development chain that was started anew is another one',
    })
  const about = { operator: operatorOf(call), key: sending.reviewer.key, source }
  const unsent = { dryRun, changes: [], sent: null, now: snapshot, overwritten: [] }
  const alreadyThere = async (now: WriteSnapshot): Promise<WriteJson | null> => {
    const sent = await findSent(services, sending, now)
    if (sent === null) return null
    talk.note(`transaction ${sent.receipt.hash} is on chain already`)
    return { ...writeJson(services, { ...unsent, now, sent }, about), changed: false }
  }
  const there = await alreadyThere(snapshot)
  if (there) return there
  if (document.what.kind === 'maintenance-enter' && snapshot.view.newKeyspace !== null)
    throw new WcnError('MIGRATION_IN_PROGRESS', 'maintenance is not entered while a data migration is in progress', {
      hint: 'send it when the migration has ended',
    })
  await reportImplementation(services, snapshot)
  const shown = await show(services, sending, snapshot).catch(async (error: unknown) => {
    // The call is simulated on the newest state, in which another machine may have sent the same by now.
    const done = isRevert(error) ? await alreadyThere(await read()) : null
    if (done) return done
    throw error
  })
  if ('transaction' in shown) return shown
  const { changes, words } = shown
  if (dryRun) return writeJson(services, { ...unsent, changes }, about)
  await requireConsent(services)
  // Thinking takes time, and time changes the chain.
  if (talk.interactive) requireStillMeant(sending, await read())

  const key = journalKey(snapshot)
  const entry = entryOf(document, words, services.clock.now())
  const end = await carryOut(services, key, entry)
  if (end.kind !== 'included') throw await transactionFailure(services, entry, end)
  await rememberContract(services, snapshot, null)
  const back = await readBack(services, { key, entry, receipt: end.receipt }, snapshot, call)
  return writeJson(services, { dryRun, changes, ...back }, about)
}

/** Throws FEE_TOO_HIGH, INSUFFICIENT_FUNDS, CALL_REVERTS, and what the rules for operator data say. */
async function show(services: Services, sending: Sending, snapshot: WriteSnapshot) {
  const { talk } = services
  const { document, call, reviewer } = sending
  const { to, data, from } = document
  const requested = { to, content: data, value: 0n, from }
  const { json } = explainCall(requested, snapshot.view, reviewer)
  if (reviewer.key) warnOfWrongKey(services, snapshot.view.operators, reviewer.key)
  const [fault] = callFaults(call, snapshot.view, reviewer)
  if (fault) throw fault
  const cost = await priced(services, sending, snapshot)
  for (const warning of json.warnings) talk.warn(warning)
  const changes = json.changes ?? []
  const { source, dryRun } = sending
  await showWrite(services, snapshot, { title: json.words, changes, cost, contract: snapshot.contract, source, dryRun })
  return { words: json.words, changes }
}

/** What was signed costs what it costs. */
async function priced(services: Services, sending: Sending, snapshot: WriteSnapshot): Promise<CostEstimate> {
  const { fees, gas, to, data } = sending.document
  const now = await (await services.chain()).estimate({ ...snapshot, fees }, { to, data })
  if (!sending.dryRun && !(await isNonceStill(services, snapshot, now))) throw nonceUsed(sending)
  if (now.gas > gas)
    services.talk.warn(`it was signed for at most ${gas} gas, and would be given ${now.gas} now: it may run out of gas`)
  const { l1FeeWei, operatorFeeWei } = now
  const bid = { fees, gas, otherWei: l1FeeWei + operatorFeeWei }
  requireBid(services, bid, sending.source, 'have it made anew with --unsigned')
  return { gas, executionFeeWei: gas * fees.maxFeePerGas, l1FeeWei, operatorFeeWei }
}
