/** A stand-in's provider: keeps the view that the contract's events lead to, and knows when the provider is gone. */
import { EventEmitter, on } from 'node:events'
import WebSocket from 'ws'
import type { Address } from '../../base/address.js'
import { DEVELOPMENT_CHAIN_ID } from '../../base/chain-ids.js'
import type { Hex } from '../../base/hex.js'
import { isRecord } from '../../base/is-record.js'
import { jsonRecord } from '../../base/json-record.js'
import { decodeGetView } from '../../chain/contract/decode-get-view.js'
import { toQuantity } from '../../chain/quantity.js'
import { type ClusterView, clusterView } from '../../cluster/cluster-view.js'
import { WcnError } from '../../errors/wcn-error.js'

const GET_VIEW = '0x75418b9d'
const ANSWER_TIMEOUT_MS = 10_000

/** `source`: where its address is from. Throws NETWORK where the provider can't be reached, WRONG_CHAIN, NOT_A_CONTRACT. */
export async function followContract(url: string, contract: Address, source: string) {
  const socket = new WebSocket(url, { perMessageDeflate: false, followRedirects: false })
  const waiting = new Map<unknown, (answer: Record<string, unknown>) => void>()
  const listeners = new Set<(view: ClusterView) => void>()
  const logs = new EventEmitter().setMaxListeners(0)
  let nextId = 0
  const ended = new Promise<string>((resolve) => {
    socket.once('error', ({ message }) => resolve(message))
    socket.once('close', () => resolve('it closed the connection'))
  })
  const gone = ended.then((why) => {
    throw new WcnError('NETWORK', `${source}: the provider of RPC_PROVIDER_URL can't be reached: ${why}`)
  })
  gone.catch(() => undefined)

  const ask = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const id = nextId++
    let timer: NodeJS.Timeout | undefined
    const answered = new Promise<Record<string, unknown>>((resolve, reject) => {
      timer = setTimeout(() => {
        waiting.delete(id)
        reject(new WcnError('NETWORK', `${source}: the provider of RPC_PROVIDER_URL did not answer in time`))
      }, ANSWER_TIMEOUT_MS)
      waiting.set(id, resolve)
    })
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    try {
      return (await Promise.race([answered, gone])).result
    } finally {
      clearTimeout(timer)
    }
  }
  const readView = async (): Promise<ClusterView> => {
    const raw = decodeGetView((await ask('eth_call', [{ to: contract, data: GET_VIEW }, 'latest'])) as Hex)
    if (raw !== null) return clusterView(raw)
    throw new WcnError(
      'NOT_A_CONTRACT',
      `${source}: SMART_CONTRACT_ADDRESS is ${contract}, where there is no cluster contract`,
    )
  }

  let view: ClusterView | null = null
  const load = async (): Promise<ClusterView> => {
    const read = await readView()
    if (view !== null && read.version <= view.version) return view
    view = read
    for (const tell of listeners) tell(view)
    return view
  }
  socket.on('message', (data: Buffer) => {
    const message = jsonRecord(data.toString())
    if (message === null) return
    const settle = waiting.get(message.id)
    waiting.delete(message.id)
    if (settle) settle(message)
    else if (message.method === 'eth_subscription') {
      logs.emit('log', isRecord(message.params) ? message.params.result : null)
      void load().catch(() => undefined)
    }
  })
  try {
    await Promise.race([new Promise((resolve) => socket.once('open', resolve)), gone])
    if ((await ask('eth_chainId', [])) !== toQuantity(DEVELOPMENT_CHAIN_ID))
      throw new WcnError('WRONG_CHAIN', `${source}: RPC_PROVIDER_URL leads to a chain that is not for rehearsal`, {
        hint: 'stand-ins work on a development chain only: `wcn devnet up` starts one',
      })
    await ask('eth_subscribe', ['logs', { address: contract }])
    const first = await load()
    return {
      /** What the events have led to so far. */
      view: () => view ?? first,
      /** What the provider shows at this moment. */
      readView,
      /** The contract's logs from now on. */
      async *logs(): AsyncGenerator<unknown> {
        for await (const [log] of on(logs, 'log')) yield log
      },
      onChange: (listener: (view: ClusterView) => void) => void listeners.add(listener),
      /** Rejects when the provider is gone. */
      gone,
      close: () => socket.terminate(),
    }
  } catch (error) {
    socket.terminate()
    throw error
  }
}
