/** Joining a cluster: the request, proofs from other hosts, its verification, and the owner's answer (docs/dev/network/join-request.md). */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeNodeSecretKey, keypairFromSecret } from '../../src/base/keys/node-keypair.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { Secret } from '../../src/base/secret.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { startWcn } from '../support/background.js'
import { sandbox } from '../support/cli.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'
import { wcnInProcess as wcn, wcnJsonInProcess as wcnJson } from '../support/in-process.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

/** Somebody with an account, two node keys and a folder of their own. */
interface Applicant {
  readonly folder: string
  readonly path: (name: string) => string
  readonly address: string
  readonly peerIds: readonly [string, string]
  readonly env: Variables
  /** `--node` for both nodes. */
  readonly nodes: readonly string[]
  readonly keys: readonly string[]
}

let applicants = 0

/** The keys are made here: that the tool makes them well is the business of other tests. */
async function applicant(): Promise<Applicant> {
  const number = ++applicants
  const folder = box.path(`applicant-${number}`)
  mkdirSync(folder)
  const path = (name: string) => `${folder}/${name}`
  const put = (name: string, text: string) => writeFileSync(path(name), `${text}\n`, { mode: 0o600 })
  const privateKey = `0x${randomBytes(32).toString('hex')}`
  const [a, b] = await Promise.all([1, 2].map(() => keypairFromSecret(new Secret(Uint8Array.from(randomBytes(32))))))
  if (!a || !b) throw new Error('two keys were made')
  put('operator.key', privateKey)
  put('a.key', encodeNodeSecretKey(a.secretKey))
  put('b.key', encodeNodeSecretKey(b.secretKey))
  const address = privateKeySigner(parseOperatorPrivateKey(privateKey, 'the test')).address
  await net.rpc('anvil_setBalance', address, '0x2386f26fc10000')
  const peerIds = [a.peerId, b.peerId] as const
  return {
    folder,
    path,
    address,
    peerIds,
    env: { ...net.cluster, WCN_PRIVATE_KEY_FILE: path('operator.key') },
    nodes: peerIds.flatMap((id, index) => ['--node', `${id},20.7.${number}.${index + 1},3010,3011`]),
    keys: ['--secret-key-file', path('a.key'), '--secret-key-file', path('b.key')],
  }
}

const at = ({ env, folder }: Applicant) => ({ env, cwd: folder })
const register = (who: Applicant, ...more: readonly string[]) =>
  wcnJson(['operator', 'register', '--name', 'acme', ...who.nodes, '--out', 'request.json', ...more], at(who))
const owner = () => ({
  ...net.cluster,
  WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.owner.privateKey,
})
const approve = (file: string, env: Variables = owner()) =>
  wcnJson(['admin', 'operator', 'approve', file, '--yes'], { env })
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))

interface Check {
  readonly id: string
  readonly status: string
}
const idsOf = (checks: readonly Check[], status: string) =>
  checks.filter((check) => check.status === status).map(({ id }) => id)

describe('with every key at hand', () => {
  it('goes from a request to a place in the cluster, and says where it stands at any time', async () => {
    const who = await applicant()
    const before = await net.state()
    const written = await register(who, ...who.keys)
    expect(written, written.stdout).toMatchObject({ code: 0 })
    expect(written.data).toEqual({
      status: 'written',
      request_file: 'request.json',
      draft_file: null,
      operator: who.address,
      digest: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      expires_at: expect.any(Number),
      changes: [],
      reason: null,
      missing_proofs: [],
    })
    const file = who.path('request.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const request = read(file)
    expect(request).toEqual({
      type: 'wcn-join-request',
      version: 1,
      chain_id: 31337,
      contract: expect.stringMatching(new RegExp(`^${net.contract}$`, 'i')),
      operator: expect.stringMatching(new RegExp(`^${who.address}$`, 'i')),
      name: 'acme',
      peer_ids: who.peerIds,
      data: expect.stringMatching(/^0x01[0-9a-f]+$/),
      created_at: expect.any(Number),
      expires_at: request.created_at + 30 * 86_400,
      signature: expect.stringMatching(/^0x[0-9a-f]{130}$/),
      node_signatures: Object.fromEntries(
        who.peerIds.map((id) => [id, expect.stringMatching(/^[0-9A-Za-z+/]{86}==$/)]),
      ),
    })

    // Again: nothing is made anew.
    expect((await register(who, ...who.keys)).data).toMatchObject({ status: 'pending', request_file: 'request.json' })
    expect(read(file)).toEqual(request)
    expect(await net.state()).toEqual(before)

    // Another name is another request, which the file on disk is not.
    const other = await wcnJson(
      ['operator', 'register', '--name', 'other', ...who.nodes, '--out', 'request.json', ...who.keys],
      at(who),
    )
    expect(other).toMatchObject({ code: 2, error: { code: 'FILE_EXISTS' } })

    const verified = await wcnJson(['operator', 'verify-request', file], { env: net.cluster })
    expect(verified.code).toBe(0)
    expect(idsOf(verified.data.checks, 'pass')).toHaveLength(verified.data.checks.length)
    expect(verified.data.request).toMatchObject({
      operator: who.address,
      name: 'acme',
      nodes: who.peerIds.map((peer_id) => ({ peer_id, primary_port: 3010, secondary_port: 3011 })),
      clients: [],
    })

    // Only the owner decides.
    const stranger = {
      ...net.cluster,
      WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.operators[0]?.privateKey ?? '',
    }
    expect(await approve(file, stranger)).toMatchObject({ code: 4, error: { code: 'NOT_THE_OWNER' } })
    expect(await net.state()).toEqual(before)
    const unasked = await wcnJson(['admin', 'operator', 'approve', file], { env: owner() })
    expect(unasked).toMatchObject({ code: 3, error: { code: 'CONFIRMATION_REQUIRED' } })
    const dry = await wcnJson(['admin', 'operator', 'approve', file, '--dry-run'], { env: owner() })
    expect(dry.data).toMatchObject({ changed: false, dry_run: true })
    expect(await net.state()).toEqual(before)

    const approved = await approve(file)
    expect(approved).toMatchObject({
      code: 0,
      data: {
        changed: true,
        operator: {
          slot: 5,
          id: who.address,
          name: 'acme',
          in_keyspace: false,
          data_bytes: request.data.length / 2 - 1,
        },
      },
    })
    expect(approved.data.changes.map(({ op, path }: { op: string; path: string }) => [op, path])).toEqual([
      ['add', 'name'],
      ['add', 'nodes[0]'],
      ['add', 'nodes[1]'],
    ])
    expect((await approve(file)).data).toMatchObject({ changed: false, transaction: null })
    expect((await register(who, ...who.keys)).data).toMatchObject({ status: 'on-chain', changes: [] })
    const status = await wcnJson(['operator', 'register', '--status', 'request.json'], at(who))
    expect(status).toMatchObject({ code: 0, data: { status: 'on-chain' } })

    // What happened since is told too.
    await wcnJson(['operator', 'rename', 'acme inc', '--yes'], at(who))
    const changed = await register(who, ...who.keys)
    expect(changed.data).toMatchObject({
      status: 'different',
      reason: 'one difference',
      changes: [{ op: 'update', path: 'name', before: 'acme', after: 'acme inc' }],
    })
    const late = await approve(file)
    expect(late).toMatchObject({ code: 4, error: { code: 'OPERATOR_EXISTS' } })
    const waiting = await register(who, ...who.keys, '--wait', '--timeout', '60')
    expect(waiting).toMatchObject({ code: 8, ok: false, data: { status: 'different' } })
  })

  it('takes the nodes from a file, with clients', async () => {
    const who = await applicant()
    const client = (await wcnJson(['key', 'generate'])).data.peer_id
    const nodes = who.peerIds.map(
      (id, index) => `
  - peer_id: ${id}
    ipv4_addr: 20.8.0.${index + 1}
    private_ipv4_addr: 10.8.0.${index + 1}
    primary_port: 3010
    secondary_port: 3011`,
    )
    const text = `name: from a file\nnodes:${nodes.join('')}\nclients:\n  - { peer_id: ${client}, authorized_namespaces: [4] }\n`
    writeFileSync(who.path('nodes.yaml'), text)
    const args = ['operator', 'register', '-f', 'nodes.yaml', ...who.keys, '--expires-in-days', '1']
    const written = await wcnJson(args, at(who))
    expect(written.code).toBe(0)
    const file = readdirSync(who.folder).find((name) => /^wcn-join-request-0x[0-9a-f]{40}\.json$/i.test(name)) ?? ''
    const shown = await wcn(['operator', 'verify-request', who.path(file)], { env: net.cluster })
    expect(shown.code).toBe(0)
    for (const text of ['"from a file"', '20.8.0.1', '10.8.0.2', client, ...who.peerIds, 'The request is sound: '])
      expect(shown.stdout).toContain(text)
  })
})

describe('with node keys that stay on their hosts', () => {
  it('collects a proof from each', async () => {
    const who = await applicant()
    const draft = await register(who, '--draft', 'draft.json', '--secret-key-file', who.path('a.key'))
    expect(draft).toMatchObject({
      code: 0,
      data: { status: 'draft', draft_file: 'draft.json', request_file: null, missing_proofs: [who.peerIds[1]] },
    })
    expect(readdirSync(who.folder)).not.toContain('request.json')

    // Another host: its own folder, no settings, nothing but the draft and its own secret.
    const host = box.path(`host-${who.peerIds[1]}`)
    mkdirSync(host, { mode: 0o700 })
    writeFileSync(`${host}/draft.json`, readFileSync(who.path('draft.json')))
    writeFileSync(`${host}/node.key`, readFileSync(who.path('b.key')), { mode: 0o600 })
    const prove = ['key', 'prove', 'draft.json', '--secret-key-file', 'node.key']
    const unasked = await wcn(prove, { cwd: host })
    expect(unasked).toMatchObject({ code: 3, stdout: '' })
    for (const shown of [who.peerIds[0], '"acme"', 'chain 31337']) expect(unasked.stderr).toContain(shown)
    const proof = await wcn([...prove, '--yes'], { cwd: host })
    expect(JSON.parse(proof.stdout)).toEqual({
      type: 'wcn-join-proof',
      version: 1,
      digest: draft.data.digest,
      peer_id: who.peerIds[1],
      signature: expect.stringMatching(/^[0-9A-Za-z+/]{86}==$/),
    })
    expect(await wcnJson([...prove, '--yes', '--out', 'proof.json'], { cwd: host })).toMatchObject({
      code: 0,
      data: { file: 'proof.json', peer_id: who.peerIds[1], digest: draft.data.digest },
    })

    // A key that the draft doesn't name can't sign it.
    const foreign = await wcnJson(['key', 'generate', '--out', `${host}/foreign.key`])
    const refused = await wcnJson(['key', 'prove', 'draft.json', '--secret-key-file', 'foreign.key', '--yes'], {
      cwd: host,
    })
    expect(refused).toMatchObject({ code: 4, error: { code: 'REQUEST_INVALID' } })
    expect(refused.error.message).toContain(foreign.data.peer_id)

    const finish = ['operator', 'register', '--draft', 'draft.json', '--out', 'request.json']
    const lacking = await wcnJson(finish, at(who))
    expect(lacking).toMatchObject({ code: 0, data: { status: 'draft', missing_proofs: [who.peerIds[1]] } })
    const finished = await wcnJson([...finish, '--proof', `${host}/proof.json`], at(who))
    expect(finished, finished.stdout).toMatchObject({ code: 0, data: { status: 'written', digest: draft.data.digest } })
    expect(await wcn(['operator', 'verify-request', who.path('request.json')], { env: net.cluster })).toMatchObject({
      code: 0,
    })
    expect((await approve(who.path('request.json'))).data).toMatchObject({ changed: true })
  })

  it('takes no proof that was made for something else', async () => {
    const [who, other] = await Promise.all([applicant(), applicant()])
    await Promise.all(
      [who, other].map((one) => register(one, '--draft', 'draft.json', '--secret-key-file', one.path('a.key'))),
    )
    const prove = (one: Applicant) => ['key', 'prove', 'draft.json', '--yes', '--secret-key-file', one.path('b.key')]
    await wcn([...prove(other), '--out', 'proof.json'], { cwd: other.folder })
    const foreign = await register(who, '--draft', 'draft.json', '--proof', other.path('proof.json'))
    expect(foreign).toMatchObject({ code: 4, error: { code: 'REQUEST_INVALID' } })

    const own = JSON.parse((await wcn(prove(who), { cwd: who.folder })).stdout)
    writeFileSync(
      who.path('forged.json'),
      JSON.stringify({ ...own, signature: `${own.signature.startsWith('A') ? 'B' : 'A'}${own.signature.slice(1)}` }),
    )
    const forged = await register(who, '--draft', 'draft.json', '--proof', 'forged.json')
    expect(forged).toMatchObject({ code: 4, error: { code: 'REQUEST_INVALID' } })
    expect(readdirSync(who.folder)).not.toContain('request.json')
  })
})

describe('verification', () => {
  it('fails for whatever was changed, and does not write it on chain', async () => {
    const who = await applicant()
    await register(who, ...who.keys)
    const request = read(who.path('request.json'))
    const [a = '', b = ''] = who.peerIds
    const { data, node_signatures: signatures } = request
    const changes: Readonly<Record<string, object>> = {
      name: { name: 'acne' },
      'last byte': { data: `${data.slice(0, -2)}${data.endsWith('00') ? '01' : '00'}` },
      'signature of the operator': { signature: `0x${'11'.repeat(64)}1b` },
      'signatures of the nodes': { node_signatures: { [a]: signatures[b], [b]: signatures[a] } },
      'a missing signature': { node_signatures: { [a]: signatures[a] } },
      operator: { operator: net.operators[0]?.address },
      'time of expiry': { expires_at: request.expires_at + 1 },
      chain: { chain_id: 10 },
      'peer IDs': { peer_ids: [a, a] },
    }
    const before = await net.state()
    await Promise.all(
      Object.entries(changes).map(async ([what, change], index) => {
        const file = who.path(`tampered-${index}.json`)
        writeFileSync(file, JSON.stringify({ ...request, ...change }))
        const verified = await wcnJson(['operator', 'verify-request', file], { env: net.cluster })
        expect(verified, what).toMatchObject({ code: 8, ok: false })
        expect(idsOf(verified.data.checks, 'fail'), what).not.toEqual([])
        expect(await approve(file), what).toMatchObject({ code: 4, ok: false, error: { code: 'REQUEST_INVALID' } })
      }),
    )
    const shown = await wcn(['operator', 'verify-request', who.path('tampered-0.json')], { env: net.cluster })
    expect(shown.code).toBe(8)
    expect(shown.stdout).toContain('Do not approve it')
    expect(await net.state()).toEqual(before)
  })

  it('fails for a request to another cluster, and for one that a member makes', async () => {
    const [who, member] = [await applicant(), net.operators[0] as Account]
    await register(who, ...who.keys)
    const elsewhere = { ...net.cluster, SMART_CONTRACT_ADDRESS: `0x${'12'.repeat(20)}` }
    const verified = await wcnJson(['operator', 'verify-request', who.path('request.json')], { env: elsewhere })
    expect(verified.code).toBe(8)
    expect(idsOf(verified.data.checks, 'fail')).toEqual(['cluster'])

    const args = ['operator', 'register', '--name', 'acme', ...who.nodes, ...who.keys, '--out', 'member.json']
    const refused = await wcnJson(args, { env: net.signedBy(member), cwd: who.folder })
    expect(refused).toMatchObject({ code: 4, error: { code: 'OPERATOR_EXISTS' } })
    expect(readdirSync(who.folder)).not.toContain('member.json')
  })

  it('says what it could not look at without keys and settings', async () => {
    const who = await applicant()
    await register(who, ...who.keys)
    const verified = await wcnJson(['operator', 'verify-request', who.path('request.json')])
    expect(verified.code).toBe(0)
    expect(idsOf(verified.data.checks, 'skip')).toEqual(expect.arrayContaining(['addresses', 'cluster']))
    expect(verified.data.request).toMatchObject({
      addresses: 'encrypted',
      nodes: [{ ipv4_addr: null }, { ipv4_addr: null }],
    })
    const shown = await wcn(['operator', 'verify-request', '-'], {
      input: readFileSync(who.path('request.json'), 'utf8'),
    })
    expect(shown.code).toBe(0)
    expect(shown.stdout).toContain('not looked at')
    expect(shown.stdout).not.toContain('20.7.')
  })

  it('refuses what is no request at all', async () => {
    const who = await applicant()
    await register(who, ...who.keys, '--draft', 'draft.json')
    await register(who, '--draft', 'draft.json', '--out', 'another.json')
    const request = read(who.path('request.json'))
    const { data: _, ...incomplete } = request
    const files: Readonly<Record<string, string>> = {
      'empty.json': '',
      'text.json': 'hello',
      'list.json': '[]',
      'incomplete.json': JSON.stringify(incomplete),
      'more.json': JSON.stringify({ ...request, comment: 'hi' }),
      'later.json': JSON.stringify({ ...request, version: 2 }),
      'other.json': JSON.stringify({ ...request, type: 'wcn-join-request-draft' }),
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(who.path(name), text)
    const names = [...Object.keys(files), 'draft.json']
    for (const result of await Promise.all(
      names.map((name) => wcnJson(['operator', 'verify-request', name], { env: net.cluster, cwd: who.folder })),
    )) {
      expect(result).toMatchObject({ code: 2, error: { code: 'DOCUMENT_INVALID' } })
      expect(result.error.message).toMatch(/^\w+\.json/)
    }
    const missing = await wcnJson(['operator', 'verify-request', 'missing.json'], { cwd: who.folder })
    expect(missing).toMatchObject({ code: 2, error: { code: 'FILE_UNREADABLE' } })
  })
})

describe('--wait', () => {
  it('ends when the owner has answered', async () => {
    const who = await applicant()
    const args = ['operator', 'register', '--name', 'acme', ...who.nodes, ...who.keys, '--out', 'request.json']
    const waiting = startWcn([...args, '--wait', '--json'], at(who))
    await waiting.until("waiting for the cluster's owner")
    const approved = await approve(who.path('request.json'))
    expect(approved.code).toBe(0)
    const ended = await waiting.ended
    expect(ended.code).toBe(0)
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, data: { status: 'on-chain', operator: who.address } })
  })

  it('gives up after --timeout, and at Ctrl-C', async () => {
    const who = await applicant()
    const late = await register(who, ...who.keys, '--wait', '--timeout', '4')
    expect(late).toMatchObject({ code: 8, ok: false, data: { status: 'pending' } })
    const waiting = startWcn(['operator', 'register', '--status', 'request.json', '--wait'], at(who))
    await waiting.until("waiting for the cluster's owner")
    waiting.interrupt('SIGINT')
    expect(await waiting.ended).toMatchObject({ code: 130, stdout: '', stderr: expect.stringContaining('interrupted') })
  })
})

describe('refuses to make a request', () => {
  it('that would not stand: wrong keys, an empty account, one node', async () => {
    const who = await applicant()
    const folder = readdirSync(who.folder)
    const poor = await applicant()
    await net.rpc('anvil_setBalance', poor.address, '0x0')
    const base = ['operator', 'register', '--name', 'acme']
    const { keys, nodes } = who
    const before = await net.state()
    const [a, b] = nodes.filter((text) => text !== '--node')
    const results = await Promise.all([
      wcnJson([...base, ...nodes, '--secret-key-file', who.path('a.key')], at(who)),
      wcnJson([...base, ...nodes, ...keys, '--secret-key-file', poor.path('a.key')], at(who)),
      wcnJson([...base, '--node', `${a}`, ...keys], at(who)),
      wcnJson([...base, '--node', `${a}`, '--node', `${a}`, ...keys], at(who)),
      wcnJson([...base, ...nodes, ...keys], { env: { ...who.env, WCN_PRIVATE_KEY_FILE: poor.path('operator.key') } }),
      wcnJson([...base, ...nodes, ...keys, '--operator', poor.address], at(who)),
      wcnJson([...base, '--node', `${b?.replace(/,.*/, ',127.0.0.1,1,2')}`, '--node', `${a}`, ...keys], {
        ...at(who),
        env: { ...who.env, WCN_ALLOW_PRIVATE_ADDRESSES: '0' },
      }),
    ])
    expect(results.map(({ code, error }) => [code, error?.code])).toEqual([
      [3, 'INPUT_REQUIRED'],
      [4, 'REQUEST_INVALID'],
      [4, 'TOO_FEW_NODES'],
      [4, 'DUPLICATE_NODE'],
      [4, 'INSUFFICIENT_FUNDS'],
      [4, 'INSUFFICIENT_FUNDS'],
      [4, 'ADDRESS_NOT_ROUTABLE'],
    ])
    expect(readdirSync(who.folder)).toEqual(folder)
    expect(await net.state()).toEqual(before)
  })
})
