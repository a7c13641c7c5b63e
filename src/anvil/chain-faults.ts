/** A development chain that fails on purpose, and is mended: it hangs, or makes no blocks any more. */
import { connectJsonRpc } from '../chain/rpc/connect-json-rpc.js'
import { resultOf } from '../chain/rpc/json-rpc.js'
import { WcnError } from '../errors/wcn-error.js'
import { isAnvil } from './anvil-process.js'
import type { KnownChain } from './development-chain.js'

const REQUEST_TIMEOUT_MS = 10_000

/** What it takes to mend it. */
export interface ChainFault {
  readonly fault: 'silent' | 'lagging'
  /** Seconds from one block to the next; null where each transaction makes one. */
  readonly block_time: number | null
}

/** Throws STATE_CHANGED where the process is no development chain, NETWORK, DEPENDENCY_MISSING where the system can't stop a process. */
export async function breakChain(chain: KnownChain, fault: ChainFault['fault']): Promise<ChainFault> {
  requireChain(chain)
  if (fault === 'silent') {
    if (process.platform === 'win32')
      throw new WcnError('DEPENDENCY_MISSING', 'Windows can’t stop a process and let it go on: `lagging` is possible')
    process.kill(chain.pid, 'SIGSTOP')
    return { fault, block_time: null }
  }
  const interval = await ask(chain, 'anvil_getIntervalMining', [])
  await ask(chain, 'evm_setAutomine', [false])
  await ask(chain, 'evm_setIntervalMining', [0])
  return { fault, block_time: typeof interval === 'number' && interval > 0 ? interval : null }
}

/** Throws STATE_CHANGED, NETWORK. */
export async function mendChain(chain: KnownChain, { fault, block_time }: ChainFault): Promise<void> {
  requireChain(chain)
  if (fault === 'silent') process.kill(chain.pid, 'SIGCONT')
  else if (block_time !== null) await ask(chain, 'evm_setIntervalMining', [block_time])
  else {
    await ask(chain, 'evm_setAutomine', [true])
    // What has waited meanwhile.
    await ask(chain, 'evm_mine', [])
  }
}

function requireChain({ pid, rpcUrl }: KnownChain): void {
  if (isAnvil(pid, new URL(rpcUrl).port)) return
  throw new WcnError('STATE_CHANGED', `process ${pid} does not run the development chain any more`, {
    hint: '`wcn devnet status` shows what runs',
  })
}

async function ask({ rpcUrl }: KnownChain, method: string, params: readonly unknown[]): Promise<unknown> {
  const rpc = await connectJsonRpc(rpcUrl, REQUEST_TIMEOUT_MS)
  try {
    const [reply] = await rpc.send([{ method, params }])
    return resultOf(reply, method, rpc.host)
  } finally {
    rpc.close()
  }
}
