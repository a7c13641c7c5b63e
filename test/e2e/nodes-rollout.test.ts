/** Rollouts with real processes: the tool's, the script's that it runs, and the nodes' that the script ends and starts. */
import { chmodSync, writeFileSync } from 'node:fs'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { startWcn } from '../support/background.js'
import { type CliOptions, sandbox, wcn, wcnJson } from '../support/cli.js'
import { useDevnet } from '../support/devnet.js'
import { useFleet } from '../support/fleet.js'
import { quicAvailable, WITHOUT_ADDON } from '../support/stand-ins.js'

const net = useDevnet()
const box = sandbox()
let runs = 0

/** An onlooker's: no key, but for that of the addresses. */
function surroundings(): Required<Pick<CliOptions, 'env'>> {
  const operator = net.operators[0]?.address
  return { env: { ...net.cluster, WCN_OPERATOR: operator, WCN_STATE_DIR: box.path(`state-${runs}`) } }
}

beforeEach(() => void runs++)
afterAll(box.remove)

describe.skipIf(!quicAvailable)('nodes rollout', () => {
  const fleet = useFleet(net, 3)

  const args = (...flags: readonly string[]) => [
    ...['nodes', 'rollout', '--settle', '1s', '--node-timeout', '40s', ...flags],
    ...['--', ...fleet.command],
  ]
  const json = (...flags: readonly string[]) => wcnJson(args(...flags), surroundings())

  /** The process that began last for the node. */
  const scriptOf = (index: number) => {
    const [pid] = fleet.log().flatMap((line) => new RegExp(`^${index} begins (\\d+)$`).exec(line)?.[1] ?? [])
    return Number(pid)
  }

  it('ends and starts one node after the other, and at every moment another one answers', async () => {
    const before = [0, 1, 2].map(fleet.pid)
    const watch = await fleet.watch()
    const result = await wcn(args('--primary', '0', '--node-key-file', fleet.keyFile), {
      env: { ...surroundings().env, SMART_CONTRACT_SIGNER_PRIVATE_KEY: net.operators[0]?.privateKey, OTHER: 'kept' },
    })
    const seen = await watch.end()
    expect(seen.fewestUp).toBeGreaterThanOrEqual(1)
    expect(result).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^done: nodes\[1\], nodes\[2\], nodes\[0\]\n/),
    })
    expect(result.stdout.match(/caught up/g)).toHaveLength(3)
    // What the script prints is no part of the result.
    expect(result.stderr).toContain('redeploying 1\n')
    expect(fleet.begun()).toEqual([1, 2, 0])
    expect(seen).toMatchObject({ seenDown: [0, 1, 2] })
    for (const index of [0, 1, 2]) expect(fleet.pid(index)).not.toBe(before[index])
    const own = Object.keys(fleet.environment(1)).filter((name) => /^(WCN|SMART|RPC)_/.test(name))
    expect(own.sort()).toEqual([
      'WCN_NODE_INDEX',
      'WCN_NODE_IPV4_ADDR',
      'WCN_NODE_PEER_ID',
      'WCN_NODE_PRIMARY_PORT',
      'WCN_NODE_SECONDARY_PORT',
    ])
    expect(fleet.environment(1)).toMatchObject({ WCN_NODE_PEER_ID: fleet.peerId(1), OTHER: 'kept' })
  })

  it('stops where the command fails, and says how each node is', async () => {
    const before = fleet.pid(0)
    fleet.mishap(1, 'fail')
    const some = ['--node', '0', '--node', '1']
    const failed = await wcn(args(...some), surroundings())
    expect(failed).toMatchObject({ code: 11, stdout: '' })
    expect(failed.stderr).toMatch(/nodes\[0\] at 127\.0\.0\.1 \(finished\): operational\n/)
    expect(failed.stderr).toMatch(/nodes\[1\] at 127\.0\.0\.1 \(at work\): NOT UP: is not there: nothing listens/)
    expect(failed.stderr).toMatch(/nodes\[2\] at 127\.0\.0\.1 \(not touched\): operational\n/)
    expect(failed.stderr).toContain('error: the command failed for nodes[1]: it exited with 3\n')
    expect(fleet.pid(0)).not.toBe(before)
  })

  it('stops where a node does not come up', async () => {
    fleet.mishap(0, 'forget')
    const { code, error } = await json('--node-timeout', '1s')
    expect([code, error.code]).toEqual([8, 'NODE_NOT_OPERATIONAL'])
    expect(error.details).toMatchObject({
      working: [0],
      nodes: [{ operational: false, primary: { diagnosis: 'closed' } }, { operational: true }, { operational: true }],
    })
    expect(fleet.begun()).toEqual([0])
  })

  it('does not touch the last node that serves', async () => {
    for (const index of [0, 2]) fleet.kill(index)
    const { code, error } = await json('--node', '1')
    expect([code, error.code]).toEqual([4, 'AVAILABILITY_AT_RISK'])
    expect(error.details).toMatchObject({
      nodes: [{ operational: false }, { operational: true }, { operational: false }],
    })
    expect(fleet.begun()).toEqual([])
  })

  it.each(['SIGINT', 'SIGHUP'] as const)('hands %s on to a command that hangs, and stops', async (signal) => {
    fleet.mishap(0, 'hang')
    const running = startWcn(args(), surroundings())
    await expect.poll(() => fleet.log()).toContain('0 has ended the node')
    running.interrupt(signal)
    const { code, stderr } = await running.ended
    expect(code).toBe(130)
    expect(stderr).toContain('error: interrupted: 0 of 3 nodes are finished, nodes[0] was at work\n')
    expect(stderr).toContain('the same command with --resume goes on with nodes[0], nodes[1], nodes[2]')
    expect(fleet.log()).toContain(`0 gets ${signal}`)
    expect(fleet.begun()).toEqual([0])
  })

  it('kills a command that does not heed SIGTERM the third time, and all of its group', async () => {
    fleet.mishap(0, 'stubborn')
    const running = startWcn(
      args().toSpliced(-fleet.command.length, 0, 'sh', '-c', 'trap : TERM; "$@" & wait; wait; wait', 'sh'),
      surroundings(),
    )
    await expect.poll(() => fleet.log()).toContain('0 has ended the node')
    const script = scriptOf(0)
    for (const times of [1, 2]) {
      running.interrupt('SIGTERM')
      await expect.poll(() => fleet.log().filter((line) => line === '0 gets SIGTERM')).toHaveLength(times)
    }
    running.interrupt('SIGTERM')
    expect((await running.ended).code).toBe(130)
    await expect.poll(() => isGone(script)).toBe(true)
  })

  it('ends a wait for a node by a signal', async () => {
    fleet.mishap(0, 'forget')
    const running = startWcn(args(), surroundings())
    await running.until('waiting for nodes[0]')
    running.interrupt('SIGINT')
    expect((await running.ended).code).toBe(130)
    expect(fleet.begun()).toEqual([0])
  })

  it('lets no second one run at a time; killed itself, it is in nobody’s way, and is resumed', async () => {
    fleet.mishap(1, 'hang')
    const some = ['--node', '0', '--node', '1']
    const running = startWcn(args(...some), surroundings())
    await expect.poll(() => fleet.log()).toContain('1 has ended the node')
    const second = await json()
    expect([second.code, second.error.code]).toEqual([7, 'ACCOUNT_LOCKED'])
    running.interrupt('SIGKILL')
    // It goes on by itself, and holds on to what the tool would print to.
    process.kill(scriptOf(1), 'SIGKILL')
    await running.ended
    expect(fleet.begun()).toEqual([0, 1])

    await fleet.asNew()
    const { code, data } = await json('--resume', ...some)
    expect(code).toBe(0)
    expect(data).toMatchObject({ finished: [{ index: 1 }], left_out: [{ index: 0 }] })
    expect(fleet.begun()).toEqual([1])
  })
})

describe('nodes rollout refuses', () => {
  it('a command that is missing or can’t be run', async () => {
    const plain = box.path('plain.txt')
    writeFileSync(plain, 'no program\n')
    chmodSync(plain, 0o644)
    for (const command of ['no-such-program', plain, box.path('')]) {
      const { code, error } = await wcnJson(['nodes', 'rollout', '--', command], surroundings())
      expect([code, error.code]).toEqual([2, 'COMMAND_NOT_RUNNABLE'])
    }
    expect((await wcn(['nodes', 'rollout'], surroundings())).code).toBe(2)
  })

  it('to go on where it can’t be proven who answers', async () => {
    const { env } = surroundings()
    const result = await wcn(['nodes', 'rollout', '--', 'true'], { env: { ...env, ...WITHOUT_ADDON } })
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('npm install --include=optional') })
  })
})

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0)
  } catch {
    return true
  }
}
