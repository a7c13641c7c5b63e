import { encodeFunctionData } from 'viem'
import { describe, expect, it } from 'vitest'
import { CLUSTER_ABI } from '../../src/chain/contract/cluster-abi.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { editOperator, type OperatorEdit } from '../../src/write/edit-operator.js'
import { fakeClock } from '../support/fake-clock.js'
import { type FakeProvider, isBatch, startFakeProvider } from '../support/fake-provider.js'
import { node } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import {
  blob,
  member,
  OPERATOR,
  OWN_NODES,
  OWNER,
  SETTINGS,
  useRealCluster,
  WRONG_KEY,
} from '../support/use-real-cluster.js'

const real = useRealCluster()
const { services, stored, view, transactionCount, ownerWrites, automine, mine, setBalance } = real

/** An edit of nodes, which takes the key. */
const dropLast: OperatorEdit = {
  title: 'drop the last node',
  encrypts: true,
  apply: ({ data }) => ({ ...data, nodes: data.nodes.slice(0, 2) }),
}

describe.each(['http', 'ws'])('a write over %s', (scheme) => {
  it('shows, asks, names the hash, waits, and reads back what it wrote', async () => {
    const before = await view()
    const url = real.now.chain.url.replace('http', scheme)
    // A chain on a busy machine may take its time over the block: here none goes by, and of no time nothing is said.
    const clock = { ...fakeClock(), monotonicMs: () => 0 }
    const { services: all, said, previews, sent } = services({ url, clock })
    const { data } = await rename(all, { newName: 'ünïcode 日本' })

    expect(data).toMatchObject({
      changed: true,
      dry_run: false,
      changes: [{ op: 'update', path: 'name', before: 'member 0', after: 'ünïcode 日本' }],
      transaction: { hash: sent[0], nonce: 0, l1_fee_wei: '0' },
      version: Number(before.version) + 1,
      operator: { slot: 0, id: OPERATOR, name: 'ünïcode 日本', in_keyspace: true, data_schema: 1 },
    })
    expect(BigInt(data.transaction?.fee_wei ?? '0')).toBeGreaterThan(0n)
    expect((await stored()).name).toBe('ünïcode 日本')
    expect((await stored()).nodes).toEqual(OWN_NODES)
    expect(said).toEqual([
      'preview: rename the operator to "ünïcode 日本"',
      'question: Send this transaction?',
      `sending: ${sent[0]}`,
      `sending transaction ${sent[0]}`,
      'settled',
    ])
    expect(previews[0]?.cost.executionFeeWei).toBeGreaterThan(BigInt(data.transaction?.fee_wei ?? '0') - 1n)
    JSON.stringify(data)
  })
})

describe('nothing is sent', () => {
  const untouched = async () => {
    expect(await transactionCount()).toBe(0)
    expect(await stored()).toMatchObject({ name: 'member 0', nodes: OWN_NODES })
  }
  const refused = async (
    options: Parameters<typeof services>[0],
    input: Parameters<typeof rename>[1] = { newName: 'x' },
  ) => {
    const { services: all, sent } = services(options)
    const error = await rejectedBy(rename(all, input))
    expect(sent).toEqual([])
    return error
  }

  it('by a dry run, which shows the changes and the cost and asks nobody', async () => {
    const { services: all, said, previews } = services({ confirm: () => Promise.reject(new Error('asked')) })
    const { data } = await rename(all, { newName: 'x', dryRun: true })
    expect(data).toMatchObject({ changed: false, dry_run: true, transaction: null, operator: { name: 'member 0' } })
    expect(data.changes).toHaveLength(1)
    expect(said).toEqual(['preview: rename the operator to "x"'])
    expect(previews[0]?.cost.gas).toBeGreaterThan(21_000n)
    await untouched()
  })

  it('by a dry run of an account without money, and with no key at hand', async () => {
    await setBalance(0n)
    const { services: all, said } = services({ privateKey: null, operator: OPERATOR })
    const { data } = await rename(all, { newName: 'x', dryRun: true })
    expect(data.changes).toHaveLength(1)
    expect(said[1]).toMatch(/^warning: account 0x1563.* holds 0 ETH, and this may cost 0\.\d+ ETH/)
  })

  it('where there is nothing to do', async () => {
    const { services: all, said } = services()
    const { data } = await rename(all, { newName: 'member 0' })
    expect(data).toMatchObject({ changed: false, changes: [], transaction: null, operator: { name: 'member 0' } })
    expect(said).toEqual([])
    await untouched()
  })

  it('where --drop-trailing-bytes is given and there are none', async () => {
    const { services: all } = services()
    expect((await rename(all, { newName: 'member 0', dropTrailingBytes: true })).data.changed).toBe(false)
    await untouched()
  })

  it('when declined', async () => {
    expect((await refused({ confirm: () => false })).code).toBe('DECLINED')
    await untouched()
  })

  it('when nobody can be asked', async () => {
    const confirm = () => Promise.reject(new WcnError('CONFIRMATION_REQUIRED', 'nobody'))
    expect((await refused({ confirm })).code).toBe('CONFIRMATION_REQUIRED')
    await untouched()
  })

  it("with another account's key", async () => {
    const error = await refused({ operator: member(1) })
    expect(error.code).toBe('WRONG_SIGNER')
    expect(error.message).toContain(OPERATOR)
    expect(error.message).toContain(member(1))
  })

  it('for a stranger', async () => {
    expect((await refused({ operator: member(9) })).code).toBe('OPERATOR_NOT_FOUND')
  })

  it('without money', async () => {
    await setBalance(1000n)
    const error = await refused({})
    expect(error.code).toBe('INSUFFICIENT_FUNDS')
    expect(error.details).toMatchObject({ balance_wei: '1000' })
    await untouched()
  })

  it('on another chain than expected', async () => {
    expect((await refused({ chainId: 10 })).code).toBe('WRONG_CHAIN')
  })

  it('while a transaction of the account waits', async () => {
    await automine(false)
    await real.now.chain.rpc('eth_sendTransaction', [{ from: OPERATOR, to: OWNER, value: '0x1' }])
    const error = await refused({})
    expect(error.code).toBe('ACCOUNT_BUSY')
    expect(error.details).toEqual({ nonce: 0, pending_nonce: 1 })
  })

  it('to a cluster that the network rejects', async () => {
    await real.now.cluster.write(OWNER, 'updateSettings', [{ ...SETTINGS, extra: '0x09' }])
    const error = await refused({})
    expect(error.code).toBe('CLUSTER_INVALID')
    expect(error.message).toContain('schema version 9')
    await untouched()
  })

  it('over more data than the cluster allows', async () => {
    await real.now.cluster.write(OWNER, 'updateSettings', [{ ...SETTINGS, maxOperatorDataBytes: 100 }])
    expect((await refused({})).code).toBe('DATA_TOO_LARGE')
    // Looking at it is no edit, and an edit that changes nothing needs no room.
    const { services: all } = services()
    expect((await rename(all, { newName: 'member 0' })).data.changed).toBe(false)
  })
})

describe('what is on chain is not understood', () => {
  it.each([
    ['garbage', '0xdeadbeef', /schema version 222/],
    ['one node', blob('x', [node(0)]), /1 nodes/],
    ['a truncated blob', blob('x', OWN_NODES).slice(0, 40), /ends inside/],
  ])('%s is not written over', async (_, data, reason) => {
    await ownerWrites(data as `0x${string}`)
    for (const edit of [{ newName: 'x' }, { newName: 'x', dropTrailingBytes: true }]) {
      const error = await rejectedBy(rename(services().services, edit))
      expect(error.code).toBe('DATA_UNDECODABLE')
      expect(error.message).toMatch(reason)
      expect(error.hint).toContain('--replace-undecodable')
    }
    expect(await real.rawData()).toBe(data)
  })

  it('bytes behind the data stop an edit, unless they may be lost', async () => {
    await ownerWrites(`${blob('old', OWN_NODES)}c0ffee`)
    const error = await rejectedBy(rename(services().services, { newName: 'new' }))
    expect(error.code).toBe('DATA_TRAILING_BYTES')
    expect(error.message).toContain('3 bytes')

    const { data } = await rename(services().services, { newName: 'new', dropTrailingBytes: true })
    expect(data.changes).toEqual([
      { op: 'update', path: 'name', before: 'old', after: 'new' },
      { op: 'remove', path: 'trailing_bytes', before: 3, after: null },
    ])
    expect(await stored()).toMatchObject({ name: 'new', nodes: OWN_NODES, trailingBytes: 0 })
  })

  it('they can be dropped and nothing else', async () => {
    await ownerWrites(`${blob('old', OWN_NODES)}00`)
    const { data } = await rename(services().services, { newName: 'old', dropTrailingBytes: true })
    expect(data).toMatchObject({ changed: true, changes: [{ path: 'trailing_bytes' }] })
    expect(await stored()).toMatchObject({ name: 'old', trailingBytes: 0 })
  })

  it('data of schema 0 is written as schema 1', async () => {
    const nodes = [node(0), node(1)]
    const asZero = blob('zero', nodes)
      .replace(/^0x01/, '0x00')
      // Each node's "no private address".
      .replaceAll(/00(c217c317)/g, '$1')
    await ownerWrites(asZero as `0x${string}`)
    expect(await stored()).toMatchObject({ schema: 0, nodes })
    await rename(services().services, { newName: 'one' })
    expect(await stored()).toMatchObject({ schema: 1, name: 'one', nodes })
  })
})

describe('the encryption key', () => {
  it('is needed for edits of nodes, and none is sent without it', async () => {
    expect((await rejectedBy(editOperator(services({ encryptionKey: null }).services, {}, dropLast))).code).toBe(
      'SETTING_MISSING',
    )
  })

  it('is not needed for others, whose JSON then has no addresses', async () => {
    const { data } = await rename(services({ encryptionKey: null }).services, { newName: 'x' })
    expect(data.operator).toMatchObject({ addresses: 'encrypted' })
    expect((await stored()).nodes).toEqual(OWN_NODES)
  })

  it('is refused when it does not fit the cluster, unless that is meant', async () => {
    const error = await rejectedBy(editOperator(services({ encryptionKey: WRONG_KEY }).services, {}, dropLast))
    expect(error.code).toBe('ENCRYPTION_KEY_WRONG')
    expect(error.hint).toContain('--force-encryption-key')
    const { services: all } = services({ encryptionKey: WRONG_KEY })
    expect((await editOperator(all, { forceEncryptionKey: true }, dropLast)).data.changed).toBe(true)
  })
})

describe('competing writes', () => {
  it('the loser of a race does not do something else than it said', async () => {
    const other = services()
    const { services: all } = services({
      confirm: async () => {
        await rename(other.services, { newName: 'first' })
        return true
      },
    })
    const error = await rejectedBy(rename(all, { newName: 'second' }))
    expect(error.code).toBe('STATE_CHANGED')
    expect(error.details).toMatchObject({
      consented: [{ before: 'member 0', after: 'second' }],
      now: [{ before: 'first', after: 'second' }],
    })
    expect(await transactionCount()).toBe(1)
    expect((await stored()).name).toBe('first')
  })

  it('waits for a transaction of the account, and starts from what it left', async () => {
    await automine(false)
    await real.now.chain.rpc('eth_sendTransaction', [{ from: OPERATOR, to: OWNER, value: '0x1' }])
    const clock = fakeClock(() => (clock.pauses.length > 3 ? mine() : undefined))
    const patient = services({ clock })
    const { data } = await rename(patient.services, { newName: 'after' })
    expect(data).toMatchObject({ changed: true, transaction: { nonce: 1 } })
    expect(patient.said.join()).toContain(`waiting for a transaction of ${OPERATOR} that this tool did not send`)
  })

  it('of two in the pool only one is taken, and the other knows it', async () => {
    await automine(false)
    const inPool = deferred()
    const decided = deferred()
    const first = services({
      clock: fakeClock(async () => {
        inPool.resolve()
        await decided.promise
        await mine()
      }),
    })
    let winner: Promise<unknown> = Promise.resolve()
    const second = services({
      confirm: async () => {
        winner = rename(first.services, { newName: 'first' })
        await inPool.promise
        return true
      },
    })
    const error = await rejectedBy(rename(second.services, { newName: 'second' }))
    expect(error.code).toBe('ACCOUNT_BUSY')
    expect(error.message).toContain('nothing was sent')
    decided.resolve()
    expect(await winner).toMatchObject({ data: { changed: true } })
    expect(await transactionCount()).toBe(1)
    expect((await stored()).name).toBe('first')
  })

  it('what the owner wrote meanwhile is replaced, and that is said', async () => {
    const { services: all, said } = services({
      confirm: async () => {
        await ownerWrites(blob('from the owner', [...OWN_NODES, node(7)]))
        return true
      },
    })
    expect((await rename(all, { newName: 'mine' })).data.changed).toBe(true)
    expect(await stored()).toMatchObject({ name: 'mine', nodes: OWN_NODES })
    const warning = said.find((text) => text.startsWith('warning:'))
    expect(warning).toMatch(/transaction 0x[0-9a-f]{64} changed this operator's data in block \d+/)
    expect(warning).toContain('update name "from the owner"')
    expect(warning).toContain(`add nodes[3] {"peer_id":"${node(7).peerId}","ipv4_addr":"20.0.7.1"`)
  })

  it('where nothing else was written, nothing more is asked', async () => {
    const reads: unknown[] = []
    const { services: all } = services({
      wrap: (chain) => ({
        ...chain,
        readCluster: (at) => {
          reads.push(at)
          return chain.readCluster(at)
        },
      }),
    })
    await rename(all, { newName: 'mine' })
    expect(reads).toEqual([{ block: expect.any(Number), contract: real.now.contract }])
  })

  it('what happened to others meanwhile is nobody’s loss', async () => {
    const { services: all, said } = services({
      confirm: async () => {
        await ownerWrites(blob('other', OWN_NODES), member(1))
        return true
      },
    })
    await rename(all, { newName: 'mine' })
    expect(said.filter((text) => text.startsWith('warning:'))).toEqual([])
  })
})

describe('once it is sent', () => {
  it('a write that the contract then refuses is REVERTED, with the reason in words', async () => {
    const { services: all } = services({
      confirm: async () => {
        await real.now.cluster.write(OWNER, 'updateSettings', [{ ...SETTINGS, maxOperatorDataBytes: 10 }])
        return true
      },
    })
    const error = await rejectedBy(rename(all, { newName: 'x' }))
    expect(error.code).toBe('REVERTED')
    expect(error.message).toContain(
      "the operator's data is empty or larger than the cluster allows (InvalidOperatorData)",
    )
    expect(error.details).toMatchObject({ nonce: 0, hash: expect.stringMatching(/^0x/) })
    expect((await stored()).name).toBe('member 0')
  })

  it('one that no block includes in time has an unknown outcome, with its hash', async () => {
    await automine(false)
    const { services: all, sent } = services()
    const error = await rejectedBy(rename(all, { newName: 'x' }))
    expect(error.code).toBe('OUTCOME_UNKNOWN')
    expect(error.message).toContain(sent[0])
    expect(error.details).toEqual({ hash: sent[0], nonce: 0 })
    // And indeed it may still be included.
    await mine()
    expect((await stored()).name).toBe('x')
  })

  it('a block that comes late is waited for', async () => {
    await automine(false)
    let pauses = 0
    const { services: all } = services({ clock: fakeClock(() => (++pauses === 3 ? mine() : undefined)) })
    expect((await rename(all, { newName: 'x' })).data.changed).toBe(true)
  })

  const unreadable = (code: 'RPC_ERROR' | 'NETWORK', times: number) => {
    let failures = 0
    return services({
      wrap: (chain) => ({
        ...chain,
        readCluster: async (at) => {
          if (failures++ < times) throw new WcnError(code, 'the block is not there yet')
          return chain.readCluster(at)
        },
      }),
    })
  }

  it('a provider that does not know the block yet is asked again', async () => {
    expect((await rename(unreadable('RPC_ERROR', 3).services, { newName: 'x' })).data).toMatchObject({
      changed: true,
      operator: { name: 'x' },
    })
  })

  it('a provider that answers with the next block’s state once is asked again', async () => {
    let looks = 0
    const { services: all } = services({
      wrap: (chain) => ({
        ...chain,
        readCluster: async (at) => {
          const snapshot = await chain.readCluster(at)
          if (++looks > 1) return snapshot
          await ownerWrites(blob('the owner’s', OWN_NODES))
          return { ...snapshot, view: await view() }
        },
      }),
    })
    const { data } = await rename(all, { newName: 'x' })
    expect(data).toMatchObject({ changed: true, operator: { name: 'x' } })
    expect(looks).toBe(2)
    expect((await stored()).name).toBe('the owner’s')
  })

  it.each(['RPC_ERROR', 'NETWORK'] as const)('no %s afterwards claims that nothing was sent', async (code) => {
    const { services: all, sent } = unreadable(code, Number.POSITIVE_INFINITY)
    const error = await rejectedBy(rename(all, { newName: 'x' }))
    expect(error.code).toBe('OUTCOME_UNKNOWN')
    expect(error.message).toContain(`${sent[0]} was included`)
    expect((await stored()).name).toBe('x')
  })

  it('a block that was replaced by another does not count', async () => {
    const { services: all } = services({
      wrap: (chain) => ({
        ...chain,
        readCluster: async (at) => {
          const snapshot = await chain.readCluster(at)
          return { ...snapshot, block: { ...snapshot.block, hash: '0x12' } }
        },
      }),
    })
    const error = await rejectedBy(rename(all, { newName: 'x' }))
    expect(error.code).toBe('SETTLED_OTHERWISE')
    expect(error.message).toContain('no longer part of the chain')
  })

  it('data that another write of the same block replaced is not reported as written', async () => {
    const ownersCall = encodeFunctionData({
      abi: CLUSTER_ABI,
      functionName: 'updateNodeOperatorData',
      args: [OPERATOR, blob('from the owner', OWN_NODES)],
    })
    await automine(false)
    const { services: all } = services({
      clock: fakeClock(async () => {
        // A lower bid stands behind ours in the same block.
        const write = {
          from: OWNER,
          to: real.now.contract,
          data: ownersCall,
          gas: '0x100000',
          maxPriorityFeePerGas: '0x1',
        }
        await real.now.chain.rpc('eth_sendTransaction', [write])
        await mine()
      }),
    })
    const error = await rejectedBy(rename(all, { newName: 'mine' }))
    expect((await stored()).name).toBe('from the owner')
    expect(error.code).toBe('SETTLED_OTHERWISE')
  })
})

it('takes at most five HTTP requests before the broadcast', async () => {
  const proxy = await startFakeProvider()
  try {
    proxy.onPost = forward(real.now.chain.url)
    const { services: all } = services({ url: proxy.url })
    await rename(all, { newName: 'x' })
    const methods = proxy.received.map((body) => (isBatch(body) ? 'batch' : body.method))
    expect(methods.indexOf('eth_sendRawTransaction')).toBeGreaterThan(0)
    expect(methods.indexOf('eth_sendRawTransaction')).toBeLessThanOrEqual(5)
  } finally {
    await proxy.stop()
  }
})

function forward(url: string): FakeProvider['onPost'] {
  return (body, response) => {
    const headers = { 'content-type': 'application/json' }
    fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      .then((answer) => answer.text())
      .then((text) => response.end(text))
    return true
  }
}

function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve: () => resolve() }
}
