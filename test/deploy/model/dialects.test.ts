/** Env-file dialects against their real readers: whatever is not refused arrives unchanged. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dialect, encodeVariable } from '../../../src/deploy/model/dialects.js'
import { WcnError } from '../../../src/errors/wcn-error.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { encodeEnvFile } from '../../support/env-file.js'
import { thrownBy } from '../../support/thrown.js'

let box: Sandbox
beforeAll(() => {
  box = sandbox()
})
afterAll(() => box.remove())

/** What shells, parsers and line readers give a meaning to, and text of every kind. */
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        'a',
        ' ',
        '\t',
        "'",
        '"',
        '\\',
        '$',
        '$HOME',
        '$' + '{A}',
        '`id`',
        '#',
        '=',
        ';',
        '&',
        '!',
        '\n',
        '\r',
        '\0',
        '\\n',
        '%s',
        '*',
        '~',
        '\u001b',
        '\u007f',
        'é',
        '✓',
        '\u2028',
        '\ufeff',
        '\u00a0',
        '\u0085',
        '\v',
        '\f',
        '\ud800',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
)

function encode(dialect: Dialect, values: readonly string[]): string | null {
  try {
    return encodeEnvFile(dialect, new Map(values.map((text, i) => [`K${i}`, text])))
  } catch (error) {
    if (error instanceof WcnError && error.code === 'VALUE_NOT_ENCODABLE') return null
    throw error
  }
}

/** Those of the values that the dialect carries; one process then reads many. */
function carried(dialect: Dialect, values: readonly string[]): readonly string[] {
  return values.filter((text) => encode(dialect, [text]) !== null)
}

/** Docker's documented rules: lines; `#` starts a comment line; white space before the name goes; the rest is literal. */
function readAsDocker(file: string): Record<string, string> {
  const lines = file.split('\n').map((line) => line.replace(/\r$/, '').replace(/^[ \t]+/, ''))
  return Object.fromEntries(
    lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

const named = (values: readonly string[]) => Object.fromEntries(values.map((text, i) => [`K${i}`, text]))

describe('shell', () => {
  it('arrives in sh, as a sourced file', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 40 }), (values) => {
        const good = carried('shell', values)
        writeFileSync(box.path('file'), `${encode('shell', good)}`)
        const prints = good.map((_, i) => `printf '%s\\0' "$K${i}"`).join('\n')
        const output = execFileSync('sh', ['-c', `. "$0"\n${prints}`, box.path('file')], {
          encoding: 'utf8',
          env: { PATH: process.env.PATH },
        })
        expect(output.split('\0').slice(0, -1)).toEqual(good)
      }),
      { numRuns: 25 },
    )
  })

  it('arrives in node --env-file', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 50, maxLength: 100 }), (values) => {
        const good = carried('shell', values)
        writeFileSync(box.path('file'), `# comment\n${encode('shell', good)}`)
        const script =
          'process.stdout.write(JSON.stringify(Object.fromEntries(Object.entries(process.env).filter(([k]) => /^K\\d+$/.test(k)))))'
        const output = execFileSync(process.execPath, [`--env-file=${box.path('file')}`, '-e', script], {
          encoding: 'utf8',
          env: {},
        })
        expect(JSON.parse(output)).toEqual(named(good))
      }),
      { numRuns: 5 },
    )
  })

  it('arrives in util.parseEnv, which the tool itself reads with', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), (values) => {
        const good = carried('shell', values)
        expect(parseEnv(`${encode('shell', good)}`)).toEqual(named(good))
      }),
      { numRuns: 300 },
    )
  })

  it('carries whatever has no quote, line break, NUL, noncharacter or backslash at its end', () => {
    fc.assert(
      fc.property(value, (text) => {
        const refused = /['\0\r\n]|\\$|\p{Cs}|\p{Noncharacter_Code_Point}/u.test(text)
        expect(encode('shell', [text]) === null).toBe(refused)
      }),
    )
  })
})

describe('env', () => {
  it('arrives at a reader that takes values literally, with white space trimmed or not', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), (values) => {
        const good = carried('env', values)
        const file = `${encode('env', good)}`
        expect(readAsDocker(file)).toEqual(named(good))
        const trimmed = Object.fromEntries(
          Object.entries(readAsDocker(file)).map(([name, text]) => [name, text.trim()]),
        )
        expect(trimmed).toEqual(named(good))
      }),
      { numRuns: 300 },
    )
  })

  it('quotes nothing: quotes would become part of the value', () => {
    expect(encodeVariable('env', 'PORT', '3010')).toBe('PORT=3010')
    expect(encodeVariable('env', 'A', '"x" #y')).toBe('A="x" #y')
  })
})

describe('both', () => {
  it.each([
    ['env', 'a\nb', 'a line break'],
    ['env', 'a\rb', 'a line break'],
    ['env', 'a\0b', 'a NUL'],
    ['env', ' a', 'white space'],
    ['env', 'a\u00a0', 'white space'],
    ['env', '\ud800', 'not Unicode'],
    ['env', 'x'.repeat(70_000), 'too long'],
    ['shell', "it's", 'a single quote'],
    ['shell', 'a\nb', 'a line break'],
    ['shell', 'a\\', 'a backslash'],
    ['shell', 'a\0', 'a NUL'],
    ['shell', 'a\ufffe', 'a code that is no character'],
    ['shell', '\ufdd0', 'a code that is no character'],
  ] as const)('refuse in %s: %j', (dialect, text, why) => {
    const error = thrownBy(() => encodeVariable(dialect, 'SOME_NAME', text))
    expect(error.code).toBe('VALUE_NOT_ENCODABLE')
    expect(error.message).toContain(why)
    expect(error.message).toContain('SOME_NAME')
  })

  it('never repeat the value', () => {
    for (const dialect of ['env', 'shell'] as const) {
      const error = thrownBy(() => encodeVariable(dialect, 'K', "canary'\ncanary"))
      expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('canary')
    }
  })

  it('refuse what is no name', () => {
    for (const name of ['', '1A', 'A B', 'A=B', 'A\n'])
      expect(thrownBy(() => encodeVariable('env', name, '')).code).toBe('VALUE_NOT_ENCODABLE')
  })
})
