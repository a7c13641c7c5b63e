import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseIpv4 } from '../../../src/base/ipv4.js'
import { type EncryptionKey, parseEncryptionKey } from '../../../src/base/keys/encryption-key.js'
import { parsePeerId } from '../../../src/base/keys/parse-peer-id.js'
import { encryptIpv4 } from '../../../src/cluster/codec/ip-encryption.js'
import { decodeOperatorData, encodeOperatorData, type OperatorData } from '../../../src/cluster/codec/operator-data.js'
import { PostcardReader } from '../../../src/cluster/codec/postcard.js'
import { clientJson, nodeJson } from '../../../src/cluster/to-json.js'
import { WcnError } from '../../../src/errors/wcn-error.js'
import { anyOperatorData } from '../../support/arbitraries.js'
import { sentenceOf, thrownBy } from '../../support/thrown.js'
import { readVectors } from '../../support/vectors.js'

interface Operator {
  readonly name: string
  readonly nodes: readonly {
    readonly peer_id: string
    readonly ipv4_addr: string
    readonly private_ipv4_addr: string | null
    readonly primary_port: number
    readonly secondary_port: number
  }[]
  readonly clients: readonly { readonly peer_id: string; readonly authorized_namespaces: readonly number[] }[]
}

interface Line {
  readonly schema: 0 | 1
  readonly encryption_key: string
  readonly data: string
  readonly operator: Operator
}

interface MutatedLine {
  readonly encryption_key: string
  readonly data: string
  readonly ok?: Operator
  readonly reencoded?: string
  readonly error?: string
}

const lines = readVectors<Line[]>('operator-data')
const mutated = readVectors<MutatedLine[]>('operator-data-mutated')

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

function toHex(data: OperatorData): string {
  return Buffer.from(encodeOperatorData(data)).toString('hex')
}

function operatorOf(data: OperatorData, key: EncryptionKey): Operator {
  return {
    name: data.name,
    nodes: data.nodes.map((node) => ({ ...nodeJson(node, key), ipv4_addr: nodeJson(node, key).ipv4_addr ?? '' })),
    clients: data.clients.map(clientJson),
  }
}

function dataOf(operator: Operator, key: EncryptionKey): OperatorData {
  return {
    name: operator.name,
    nodes: operator.nodes.map((node) => {
      const peerId = parsePeerId(node.peer_id, 'x')
      const encrypt = (ip: string) => encryptIpv4(key, peerId, parseIpv4(ip, 'x'))
      return {
        peerId,
        ipv4: encrypt(node.ipv4_addr),
        privateIpv4: node.private_ipv4_addr === null ? null : encrypt(node.private_ipv4_addr),
        primaryPort: node.primary_port,
        secondaryPort: node.secondary_port,
      }
    }),
    clients: operator.clients.map((client) => ({
      peerId: parsePeerId(client.peer_id, 'x'),
      namespaces: client.authorized_namespaces,
    })),
  }
}

describe('the golden blobs', () => {
  it('decode to the operators they hold, and schema 1 is written back to the byte', () => {
    for (const { schema, encryption_key, data, operator } of lines) {
      const key = parseEncryptionKey(encryption_key, 'x')
      const decoded = decodeOperatorData(fromHex(data))
      expect(decoded).toMatchObject({ schema, trailingBytes: 0 })
      expect(operatorOf(decoded, key)).toEqual(operator)
      if (schema === 1) {
        expect(toHex(decoded)).toBe(data)
        expect(toHex(dataOf(operator, key))).toBe(data)
      }
    }
  })

  it('with damage are accepted exactly when the network accepts them, with the same meaning', () => {
    for (const { encryption_key, data, ok, reencoded, error } of mutated) {
      if (error !== undefined) {
        expect(thrownBy(() => decodeOperatorData(fromHex(data))).code, error).toBe('DATA_UNDECODABLE')
        continue
      }
      const decoded = decodeOperatorData(fromHex(data))
      expect(operatorOf(decoded, parseEncryptionKey(encryption_key, 'x'))).toEqual(ok)
      expect(toHex(decoded)).toBe(reencoded)
    }
  })
})

describe('decodeOperatorData', () => {
  const blob = fromHex(lines[0]?.data ?? '')

  it('is the inverse of encodeOperatorData', () => {
    fc.assert(
      fc.property(anyOperatorData, (data) => {
        expect(decodeOperatorData(encodeOperatorData(data))).toEqual({ ...data, schema: 1, trailingBytes: 0 })
      }),
    )
  })

  it('counts trailing bytes', () => {
    expect(decodeOperatorData(Uint8Array.from([...blob, 1, 2, 3])).trailingBytes).toBe(3)
  })

  it('does not depend on the buffer it was given', () => {
    const copy = Buffer.from(blob)
    const decoded = decodeOperatorData(copy)
    copy.fill(0)
    expect(decoded).toEqual(decodeOperatorData(blob))
  })

  it.each([
    ['', /the data is empty/],
    ['02', /schema version 2, which is unknown/],
    ['ff00', /schema version 255, which is unknown/],
    ['01', /ends inside the name/],
    ['0105', /ends inside the name/],
    ['0102c328', /name at byte 1 is not valid UTF-8/],
    ['010000', /ends inside the list of clients/],
    ['01000000', /lists 0 nodes, fewer than 2/],
    ['010002', /ends inside the list of nodes/],
    ['01000226', /ends inside the list of nodes/],
    [`010002${'13'.repeat(30)}`, /broken peer ID: 19 bytes are not a peer ID: multihash code 19/],
  ])('says what is wrong with %s', (hex, sentence) => {
    expect(sentenceOf(() => decodeOperatorData(fromHex(hex)))).toMatch(sentence)
  })

  it('throws nothing but DATA_UNDECODABLE, whatever it is given', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...lines.map((line) => line.data)), fc.nat(), fc.uint8Array({ maxLength: 12 }), fc.nat(12))
      .map(([hex, at, inserted, removed]) => {
        const bytes = fromHex(hex)
        const start = at % bytes.length
        return Uint8Array.from([...bytes.subarray(0, start), ...inserted, ...bytes.subarray(start + removed)])
      })
    const headed = fc
      .tuple(fc.integer({ min: 0, max: 1 }), fc.uint8Array({ maxLength: 300 }))
      .map(([schema, body]) => Uint8Array.from([schema, ...body]))
    fc.assert(
      fc.property(fc.oneof(damaged, headed, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        expect(outcomeOf(bytes)).toMatch(/^(decoded|DATA_UNDECODABLE)$/)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('the cost of decoding', () => {
  afterEach(() => vi.restoreAllMocks())

  /** Every way the reader moves on, counted. */
  function countReads(): () => number {
    const spies = (['u8', 'u16', 'bytes', 'fixed', 'string', 'option', 'sequence'] as const).map((method) =>
      vi.spyOn(PostcardReader.prototype, method),
    )
    return () => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0)
  }

  it('is at most linear in the bytes, whatever they claim', () => {
    const reads = countReads()
    const claims = fc.constantFrom('ffffffffffffffff0f', '808080808080808010', 'ffffffff0f', 'ff7f')
    const hostile = fc
      .tuple(fc.constantFrom('0000', '0100', '010000'), claims, fc.uint8Array({ maxLength: 200 }))
      .map(([start, claim, rest]) => Uint8Array.from([...fromHex(start), ...fromHex(claim), ...rest]))
    let before = 0
    fc.assert(
      fc.property(hostile, (bytes) => {
        outcomeOf(bytes)
        expect(reads() - before).toBeLessThanOrEqual(3 * bytes.length)
        before = reads()
      }),
    )
  })

  it('of a count of 2^60 with three bytes left is that of reading the count', () => {
    const reads = countReads()
    expect(outcomeOf(fromHex('0100808080808080808010000000'))).toBe('DATA_UNDECODABLE')
    expect(reads()).toBeLessThanOrEqual(16)
  })

  it('of a megabyte of the smallest clients is linear', () => {
    const clients = 250_000
    const writerOfClients = Buffer.concat([
      Buffer.from('010002', 'hex'),
      Buffer.from('02000000000000000000', 'hex'),
      Buffer.from('02000000000000000000', 'hex'),
      Buffer.from('90a10f', 'hex'),
      Buffer.alloc(clients * 4, Buffer.from('02000000', 'hex')),
    ])
    const decoded = decodeOperatorData(writerOfClients)
    expect(decoded.clients.length).toBe(clients)
    expect(decoded.trailingBytes).toBe(0)
  })
})

describe('encodeOperatorData', () => {
  const data = decodeOperatorData(fromHex(lines[0]?.data ?? ''))
  const [node, other] = data.nodes

  it('refuses values their fields cannot hold', () => {
    if (node === undefined || other === undefined) throw new Error('the golden operator has two nodes')
    const encoded = (change: object) => () => encodeOperatorData({ ...data, nodes: [{ ...node, ...change }, other] })
    for (const change of [{ primaryPort: 65536 }, { secondaryPort: -1 }, { ipv4: new Uint8Array(3) }]) {
      expect(thrownBy(encoded(change)).code).toBe('VALUE_NOT_ENCODABLE')
    }
    const client = { peerId: node.peerId, namespaces: [256] }
    expect(thrownBy(() => encodeOperatorData({ ...data, clients: [client] })).code).toBe('VALUE_NOT_ENCODABLE')
  })
})

function outcomeOf(bytes: Uint8Array): string {
  try {
    decodeOperatorData(bytes)
    return 'decoded'
  } catch (error) {
    return error instanceof WcnError ? error.code : String(error)
  }
}
