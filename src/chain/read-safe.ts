/** Reads of an account whether it is a Safe, as the owner of a cluster may be, and at which of its own nonces it stands. */
import type { Address } from '../base/address.js'
import type { AccountSnapshot, SafeState } from './chain.js'
import { hexData } from './quantity.js'
import { ask, asked, type ChainTarget } from './read-at-one-block.js'

/** Selectors of VERSION() and nonce(), which take nothing. */
const CALLS = { version: '0xffa1ad74', nonce: '0xaffed0e0' } as const
const WORD = 64
/** Where a short text stands in the answer: behind the word that says where it begins. */
const TEXT = /^0x0{62}20(?<length>[0-9a-f]{64})(?<text>[0-9a-f]{64})$/

/** Null: it is none, or its provider does not tell. Throws NETWORK. */
export async function readSafe(
  target: ChainTarget,
  { block }: Pick<AccountSnapshot, 'block'>,
  account: Address,
): Promise<SafeState | null> {
  const { said } = await ask(
    target,
    (tag) => {
      const call = (title: string, data: string) =>
        asked<string | null>(
          title,
          'same',
          ['eth_call', { to: account, data }, tag],
          (result) => hexData(result, title).toLowerCase(),
          // Whatever else is there does not know what is asked.
          (reply) => (reply?.ok ? undefined : null),
        )
      return { version: call('VERSION()', CALLS.version), nonce: call('nonce()', CALLS.nonce) }
    },
    block.number,
  )
  const version = said.version === null ? null : textIn(said.version)
  if (version === null || !/^\d+\.\d+\.\d+/.test(version) || said.nonce?.length !== 2 + WORD) return null
  const nonce = BigInt(said.nonce)
  return nonce > BigInt(Number.MAX_SAFE_INTEGER) ? null : { version, nonce: Number(nonce) }
}

function textIn(answer: string): string | null {
  const { length = '', text = '' } = TEXT.exec(answer)?.groups ?? {}
  const bytes = length === '' ? 0 : Number(BigInt(`0x${length}`))
  if (bytes < 1 || bytes > WORD / 2) return null
  return Buffer.from(text.slice(0, 2 * bytes), 'hex').toString('latin1')
}
