import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainPaint as paint } from '../../src/cli/paint.js'
import { createRedactor } from '../../src/cli/redact.js'
import { asWcnError, documentFormatIn, humanFailure, jsonFailure, jsonResult } from '../../src/cli/sink.js'
import { WcnError } from '../../src/errors/wcn-error.js'

const plain = createRedactor()
function redactor(...secrets: string[]) {
  const made = createRedactor()
  for (const secret of secrets) made.register(secret)
  return made
}

describe('the envelope', () => {
  it('of a result', () => {
    expect(jsonResult(2, { a: [1, null] }, 0)).toBe('{"schema":2,"ok":true,"data":{"a":[1,null]}}\n')
  })

  const CODES = [0, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 130]
  it.each(CODES.map((code, index) => [code, index < 2] as const))(
    'says of exit code %s that it is ok: %s; in schema 1 whatever had data was',
    (exitCode, ok) => {
      expect(JSON.parse(jsonResult(2, [], exitCode))).toEqual({ schema: 2, ok, data: [] })
      expect(JSON.parse(jsonResult(1, [], exitCode))).toEqual({ schema: 1, ok: true, data: [] })
    },
  )

  it('is asked for by these words', () => {
    const schemaIn = (...words: string[]) => documentFormatIn(['x', ...words])?.schema ?? null
    expect(['--json', '--json=2', '--json=1', '--json=3', '--jsonp'].map((word) => schemaIn(word))).toEqual([
      ...[2, 2, 1, null, null],
    ])
    expect(schemaIn('--json', 'x', '--json=1')).toBe(1)
    const json = { schema: 2, yaml: false }
    for (const words of [['-o', 'json'], ['-ojson'], ['--output', 'json'], ['--output=json'], ['-o', 'json', 'y']])
      expect(documentFormatIn(words), words.join(' ')).toEqual(json)
    expect(documentFormatIn(['nodes', 'list', '-o', 'yaml'])).toEqual({ schema: 2, yaml: true })
    for (const words of [['-o', 'name'], ['-o', 'jsonp'], ['--out', 'json'], ['-f', 'json'], ['json']])
      expect(documentFormatIn(words), words.join(' ')).toBe(null)
  })

  it('of an error has all its fields always', () => {
    expect(jsonFailure(2, new WcnError('USAGE', 'a sentence'), plain)).toBe(
      '{"schema":2,"ok":false,"error":{"code":"USAGE","message":"a sentence","hint":null,"details":{}}}\n',
    )
    const full = new WcnError('NETWORK', 'a sentence', {
      hint: 'a hint',
      details: { host: 'x' },
      cause: new Error('no'),
    })
    expect(JSON.parse(jsonFailure(1, full, plain))).toEqual({
      schema: 1,
      ok: false,
      error: { code: 'NETWORK', message: 'a sentence', hint: 'a hint', details: { host: 'x' } },
    })
  })

  it('is one line without characters that act on a terminal, and means the same', () => {
    const data = { name: 'a\n\u001b[2J\u009b\u202e\u2028\u{e0041}é日🦀', 'k\u202e': 1 }
    const text = jsonResult(2, data, 0)
    expect(text.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    expect(text).toContain('é日🦀')
    expect(JSON.parse(text)).toEqual({ schema: 2, ok: true, data })
    expect(JSON.parse(jsonFailure(2, new WcnError('USAGE', data.name), plain))).toMatchObject({
      error: { message: data.name },
    })
  })
})

describe('secrets', () => {
  const secret = 's3cret"with\\quotes'
  const error = new WcnError('NETWORK', `the message holds ${secret}`, {
    hint: `the hint holds ${secret}`,
    details: { deep: [{ value: secret }], number: 1 },
    cause: new Error(`the cause holds ${secret}`),
  })

  it('are scrubbed from every part of the JSON, however JSON spells them', () => {
    const document = JSON.parse(jsonFailure(2, error, redactor(secret)))
    expect(document.error).toEqual({
      code: 'NETWORK',
      message: 'the message holds [redacted]',
      hint: 'the hint holds [redacted]',
      details: { deep: [{ value: '[redacted]' }], number: 1 },
    })
  })

  it('are scrubbed from what people read, stack traces and causes included', () => {
    const text = humanFailure(error, paint, redactor(secret), true)
    expect(text).not.toContain(secret)
    expect(text).toContain('caused by')
  })

  it('that are words of the envelope do not break it', () => {
    const words = redactor('https://host/message/details/schema/NETWORK', 'network')
    const document = JSON.parse(jsonFailure(2, error, words))
    expect(Object.keys(document)).toEqual(['schema', 'ok', 'error'])
    expect(Object.keys(document.error)).toEqual(['code', 'message', 'hint', 'details'])
    expect(document.error.code).toBe('NETWORK')
  })
})

describe('what people read', () => {
  it('is the sentence and the next step, made harmless', () => {
    const error = new WcnError('USAGE', 'the name "\u001b[31m" is bad', { hint: 'line one\nline two\u202e' })
    expect(humanFailure(error, paint, plain, false)).toBe(
      'error: the name "\\u{1b}[31m" is bad\nhint: line one\\u{a}line two\\u{202e}\n',
    )
  })

  it('is two lines, whatever is in them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 1 }), (message, hint) => {
        const shown = humanFailure(new WcnError('USAGE', message, { hint }), paint, plain, false)
        expect(shown).toMatch(/^error: [^\r\n\u2028]*\nhint: [^\r\n\u2028]*\n$/)
      }),
    )
  })

  it('with a stack is a line for what was thrown, and one for each call', () => {
    const forged = 'x\nhint: y\n    at z'
    const cause = new TypeError(forged)
    const lines = humanFailure(new WcnError('USAGE', forged, { cause }), paint, plain, true)
      .trimEnd()
      .split('\n')
    const spelled = forged.replaceAll('\n', '\\u{a}')
    expect(lines.slice(0, 2)).toEqual([`error: ${spelled}`, `WcnError: ${spelled}`])
    expect(lines).toContain('caused by')
    expect(lines).toContain(`TypeError: ${spelled}`)
    expect(lines.filter((line) => !/^(?:error|WcnError|TypeError|caused by| {4}at )/.test(line))).toEqual([])
    expect(lines).not.toContain('    at z')
  })

  it('has a stack trace only when asked for', () => {
    const error = new WcnError('USAGE', 'x')
    expect(humanFailure(error, paint, plain, false)).toBe('error: x\n')
    expect(humanFailure(error, paint, plain, true)).toContain('sink.test.ts')
  })
})

describe('anything else thrown is a bug, and says so', () => {
  it.each([
    [new TypeError('x is not a function'), 'this is a bug in wcn: x is not a function'],
    ['text', 'this is a bug in wcn: text'],
    [undefined, 'this is a bug in wcn: undefined'],
  ])('%s', (thrown, message) => {
    const error = asWcnError(thrown)
    expect(error).toMatchObject({ code: 'INTERNAL', message })
    expect(error.hint).toContain('--debug')
  })

  it.each(['EMFILE', 'ENFILE', 'ENOMEM'])('but for what the machine has no more of: %s', (code) => {
    const error = asWcnError(Object.assign(new Error(`${code}: open '/x'`), { code }))
    expect(error.code).toBe('RESOURCES_EXHAUSTED')
    expect(error.message).toMatch(new RegExp(`^this .* \\(${code}\\)$`))
    expect(error.hint).toBeDefined()
  })

  it('but a WcnError stays what it is', () => {
    const error = new WcnError('USAGE', 'x')
    expect(asWcnError(error)).toBe(error)
  })
})
