import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PostcardReader, PostcardWriter } from '../../../src/cluster/codec/postcard.js'
import { sentenceOf } from '../../support/thrown.js'

function reader(hex: string): PostcardReader {
  return new PostcardReader(Uint8Array.from(Buffer.from(hex, 'hex')))
}

function written(write: (writer: PostcardWriter) => void): string {
  const writer = new PostcardWriter()
  write(writer)
  return Buffer.from(writer.finish()).toString('hex')
}

describe('varints', () => {
  it.each([
    ['00', 0],
    ['7f', 127],
    ['8001', 128],
    ['ffff03', 65535],
    ['8000', 0],
    ['808000', 0],
    ['ff8000', 127],
  ])('%s is the u16 %d', (hex, value) => {
    const values = reader(hex)
    expect(values.u16('port')).toBe(value)
    expect(values.remaining).toBe(0)
  })

  it.each(['ffff04', '808004', 'ffffff00', '80808000', 'ffffff03'])('%s is more than a u16', (hex) => {
    expect(sentenceOf(() => reader(hex).u16('port'))).toMatch(
      /^DATA_UNDECODABLE: the port at byte 0 is a number of more than 16/,
    )
  })

  it('have the limits of a u32', () => {
    expect(reader('ffffffff0f').u32('latency')).toBe(2 ** 32 - 1)
    expect(reader('8080808000').u32('latency')).toBe(0)
    expect(sentenceOf(() => reader('ffffffff10').u32('latency'))).toMatch(/more than 32 bits/)
    expect(sentenceOf(() => reader('808080808000').u32('latency'))).toMatch(/more than 32 bits/)
  })

  it('have the limits of a u64 where lengths are written', () => {
    expect(sentenceOf(() => reader('ffffffffffffffffff01').bytes('name'))).toMatch(/ends inside the name/)
    expect(sentenceOf(() => reader('ffffffffffffffffff02').bytes('name'))).toMatch(/more than 64 bits/)
    expect(sentenceOf(() => reader('8080808080808080808000').bytes('name'))).toMatch(/more than 64 bits/)
    expect(reader('80808080808080808000').bytes('name')).toEqual(new Uint8Array())
  })

  it.each(['', '80', '8080'])('%s ends inside a number', (hex) => {
    expect(sentenceOf(() => reader(hex).u16('port'))).toMatch(/the data ends inside the port/)
  })

  it('are written as short as possible and read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 65535 }), (value) => {
        const hex = written((writer) => writer.u16(value, 'port'))
        expect(hex.length / 2).toBe(value < 128 ? 1 : value < 16384 ? 2 : 3)
        expect(reader(hex).u16('port')).toBe(value)
      }),
    )
  })
})

describe('strings', () => {
  it('keep a byte order mark, control characters and everything else', () => {
    const text = fc.string({ unit: 'binary' }).map((tail) => `\ufeff\u0000${tail}`)
    fc.assert(
      fc.property(text, (name) => {
        expect(reader(written((writer) => writer.string(name, 'name'))).string('name')).toBe(name)
      }),
    )
  })

  it.each(['01ff', '02c080', '03eda080', '04f4908080', '01c3', '02e282'])('%s is not UTF-8', (hex) => {
    expect(sentenceOf(() => reader(hex).string('name'))).toMatch(/the name at byte 0 is not valid UTF-8/)
  })

  it('are not written with half a character in them', () => {
    expect(sentenceOf(() => written((writer) => writer.string('a\ud800', 'name')))).toMatch(/^VALUE_NOT_ENCODABLE/)
  })
})

describe('options', () => {
  it('have the tags 0 and 1 only', () => {
    const read = (hex: string) => {
      const values = reader(hex)
      return values.option('address', () => values.u8('address'))
    }
    expect(read('00')).toBeNull()
    expect(read('0107')).toBe(7)
    expect(sentenceOf(() => read('0207'))).toMatch(/option tag 2 instead of 0 or 1/)
    expect(sentenceOf(() => read('8000'))).toMatch(/option tag 128/)
    expect(sentenceOf(() => read('01'))).toMatch(/ends inside the address/)
  })
})

describe('sequences', () => {
  it('with a count that cannot fit fail before an item is read', () => {
    for (const count of ['ffffffffffffffff0f', '04', '808080808080808010', 'ffffffffffffffffff01']) {
      let items = 0
      const values = reader(`${count}000000`)
      expect(
        sentenceOf(() =>
          values.sequence('list', 1, () => {
            items++
            return values.u8('item')
          }),
        ),
      ).toMatch(/ends inside the list/)
      expect(items).toBe(0)
    }
  })

  it('are read back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 }), (items) => {
        const values = reader(written((writer) => writer.sequence(items, (item) => writer.u8(item, 'item'))))
        expect(values.sequence('list', 1, () => values.u8('item'))).toEqual(items)
      }),
    )
  })
})

describe('the writer', () => {
  it.each([-1, 256, 1.5, Number.NaN])('refuses %d as a byte', (value) => {
    expect(sentenceOf(() => written((writer) => writer.u8(value, 'namespace ID')))).toMatch(
      /^VALUE_NOT_ENCODABLE: the namespace ID is .* from 0 to 255$/,
    )
  })

  it.each([-1, 65536, 0.5])('refuses %d as a port', (value) => {
    expect(sentenceOf(() => written((writer) => writer.u16(value, 'port')))).toMatch(/from 0 to 65535$/)
  })
})
