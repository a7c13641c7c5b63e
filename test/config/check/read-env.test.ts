/** The readers of env files against the programs whose rules they follow, and what they say about doubtful lines. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { parse as dotenvParse } from 'dotenv'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EnvDialect } from '../../../src/config/check/env-reading.js'
import { readEnvFile } from '../../../src/config/check/read-env-file.js'
import { encodeEnvFile } from '../../../src/core/config/dialects.js'
import { WcnError } from '../../../src/errors/wcn-error.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { SEED } from '../../support/seed.js'

let box: Sandbox
beforeAll(() => {
  box = sandbox()
})
afterAll(() => box.remove())

const PARTS = [
  'a',
  'b1',
  ' ',
  '\t',
  "'",
  '"',
  '\\',
  '$',
  '$K0',
  '$K1x',
  '$' + '{K0}',
  '$' + '{K1:-d}',
  '$' + '{NOPE}',
  '$$',
  '`',
  '#',
  ' #',
  ' # c',
  '=',
  ';',
  '&',
  '|',
  '<',
  '(',
  ')',
  '!',
  '~',
  '*',
  '?',
  '[',
  ':',
  '\n',
  '\\\n',
  '\\n',
  '%',
  'é',
  "'q q'",
  '"d d"',
] as const

const value = fc.array(fc.constantFrom(...PARTS), { maxLength: 8 }).map((parts) => parts.join(''))
const NAMES = ['K0', 'K1', 'K2', 'K3', 'K4', 'K5'] as const
const line = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...NAMES), value).map(([name, text]) => `${name}=${text}`) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...NAMES), value).map(([name, text]) => `export ${name}=${text}`) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...NAMES), value).map(([name, text]) => `${name}='${text}'`) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...NAMES), value).map(([name, text]) => `${name}="${text}"`) },
  { weight: 1, arbitrary: fc.constantFrom('# comment', '', '  ', ' # $x', '; s', ' \t K0=in', '="', 'K1') },
)
const text = fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => `${lines.join('\n')}\n`)

function read(whole: string, dialect: EnvDialect | null): Readonly<Record<string, string | null>> {
  return Object.fromEntries(readEnvFile(whole, 'f', dialect).variables.map(({ name, value: text }) => [name, text]))
}

const only = (values: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(NAMES.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])))

describe('shell', () => {
  it('reads what sh reads, where it says that it knows', () => {
    let compared = 0
    fc.assert(
      fc.property(fc.array(text, { minLength: 40, maxLength: 40 }), (texts) => {
        // Lists and pipes have a grammar of their own, by which sh may refuse a whole file.
        const plain = texts.map((one) => one.replace(/[`<>()|&!]/g, 'x'))
        plain.forEach((one, i) => {
          writeFileSync(box.path(`f${i}`), one)
        })
        const script = `for f in ${plain.map((_, i) => i).join(' ')}; do
  (exec 3>&1; set -a; . "$0/f$f" >/dev/null 2>&1 </dev/null; ${NAMES.map((name) => `[ "\${${name}+x}" ] && printf '%s=%s\\0' ${name} "$${name}"`).join('; ')}; printf 'END\\0') || printf 'END\\0'
done`
        const output = execFileSync('sh', ['-c', script, box.path('.')], {
          encoding: 'utf8',
          env: { PATH: process.env.PATH, HOME: '/home/somebody' },
          stdio: ['ignore', 'pipe', 'ignore'],
        })
        const results = output.split('END\0').slice(0, plain.length)
        plain.forEach((one, i) => {
          const { variables, remarks } = readEnvFile(one, 'f', 'shell')
          if (remarks.some(({ id, status }) => id === 'syntax' && status === 'fail')) return
          // What sh does not run to its end, such as a command that is not found with set -e, is not compared.
          const actual = Object.fromEntries(
            (results[i] ?? '')
              .split('\0')
              .slice(0, -1)
              .map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
          )
          for (const { name, value: known } of new Map(variables.map((each) => [each.name, each])).values()) {
            if (known === null || !(NAMES as readonly string[]).includes(name)) continue
            compared++
            expect({ file: one, name, value: known }).toEqual({ file: one, name, value: actual[name] })
          }
        })
      }),
      { numRuns: 10, seed: SEED },
    )
    expect(compared).toBeGreaterThan(100)
  })
})

describe('dotenv', () => {
  it('reads what dotenv reads', () => {
    fc.assert(
      fc.property(text, (one) => {
        expect(read(one, 'dotenv')).toEqual(dotenvParse(one))
      }),
      { numRuns: 2000 },
    )
  })
})

const GENERATOR = '/lib/systemd/user-environment-generators/30-systemd-environment-d-generator'

describe.skipIf(!existsSync(GENERATOR))('systemd', () => {
  it('reads what systemd reads', () => {
    mkdirSync(box.path('config/environment.d'), { recursive: true })
    fc.assert(
      fc.property(text, (one) => {
        // environment.d shares EnvironmentFile's parser and expands `$` on top of it.
        // It gives a file with a name that is none up, while a unit's service goes without that variable.
        const plain = one.replace(/[$~]/g, 'S').replaceAll('export ', '')
        // systemd 252 goes on with a comment that ends with a backslash, later ones don't.
        if (/^\s*[#;].*\\$/m.test(plain)) return
        writeFileSync(box.path('config/environment.d/a.conf'), plain)
        const output = execFileSync(GENERATOR, {
          encoding: 'utf8',
          env: { XDG_CONFIG_HOME: box.path('config') },
          stdio: ['ignore', 'pipe', 'ignore'],
        })
        const { variables } = readEnvFile(plain, 'f', 'systemd')
        // It also passes over what is set to nothing.
        const set = variables.filter(({ value: known }) => known !== '')
        const escaped = (known: string | null) => known?.replaceAll('\n', '\\n').replaceAll('\t', '\\t')
        const expected = Object.fromEntries(set.map(({ name, value: known }) => [name, escaped(known)]))
        expect({ plain, ...only(expected as Record<string, string>) }).toEqual({
          plain,
          ...only(nonEmpty(unquoted(output))),
        })
      }),
      { numRuns: 150, seed: SEED },
    )
  })
})

function nonEmpty(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, text]) => text !== ''))
}

/** What the generator prints is for a shell. */
function unquoted(output: string): Record<string, string> {
  const script = `${output}\n${NAMES.map((name) => `[ "\${${name}+x}" ] && printf '%s=%s\\0' ${name} "$${name}"`).join('\n')}\n:`
  const printed = spawnSync('bash', ['-c', script], { encoding: 'utf8', env: {} }).stdout
  return Object.fromEntries(
    printed
      .split('\0')
      .slice(0, -1)
      .map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
  )
}

const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0

describe.skipIf(!hasKubectl)('literal', () => {
  it('reads what kubectl reads', () => {
    fc.assert(
      fc.property(text, (one) => {
        const { variables, remarks } = readEnvFile(one, 'f', 'literal')
        writeFileSync(box.path('literal.env'), one)
        const made = spawnSync(
          'kubectl',
          [
            'create',
            'secret',
            'generic',
            'x',
            '--dry-run=client',
            '-o',
            'json',
            `--from-env-file=${box.path('literal.env')}`,
          ],
          { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: box.path('.') } },
        )
        if (made.status !== 0) {
          const names = variables.map(({ name }) => name)
          const why = [...remarks.map(({ id }) => id), ...(new Set(names).size < names.length ? ['twice'] : [])]
          expect({ one, why: why.length > 0 || /^\W/m.test(one) }).toEqual({ one, why: true })
          return
        }
        const { data = {} } = JSON.parse(made.stdout) as { data?: Record<string, string> }
        const actual = Object.fromEntries(
          Object.entries(data).map(([name, encoded]) => [name, Buffer.from(encoded, 'base64').toString()]),
        )
        // A name without a value is taken from the environment, which has none of these.
        const expected = Object.fromEntries(variables.map(({ name, value: known }) => [name, known ?? '']))
        expect({ one, ...only(expected) }).toEqual({ one, ...only(actual) })
      }),
      { numRuns: 40, seed: SEED },
    )
  })
})

describe('what config emit writes', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    value,
    fc.string({ unit: 'grapheme', maxLength: 30 }),
  )

  for (const [dialect, readers] of [
    ['env', ['literal']],
    ['shell', ['shell', 'compose', 'systemd', 'dotenv', null]],
  ] as const) {
    it(`arrives without a remark: ${dialect}`, () => {
      fc.assert(
        fc.property(fc.array(anything, { maxLength: 8 }), (values) => {
          const named = new Map(values.flatMap((one, i) => (isCarried(dialect, one) ? [[`K${i}`, one] as const] : [])))
          const file = `# about\n${encodeEnvFile(dialect, named)}`
          for (const reader of readers) {
            if (reader === null) continue
            const { variables, remarks } = readEnvFile(file, 'f', reader)
            const said = remarks.filter(({ summary }) => !isAboutQuotes(dialect, summary))
            expect({ reader, said }).toEqual({ reader, said: [] })
            expect(new Map(variables.map(({ name, value: known }) => [name, known]))).toEqual(named)
          }
        }),
        { numRuns: 400 },
      )
    })
  }
})

/** A literal value may well hold what looks like quotes or a comment: that is said. */
function isAboutQuotes(dialect: string, summary: string): boolean {
  return dialect === 'env' && summary.includes('taken literally')
}

function isCarried(dialect: 'env' | 'shell', one: string): boolean {
  try {
    encodeEnvFile(dialect, new Map([['K', one]]))
    return true
  } catch (error) {
    if (error instanceof WcnError) return false
    throw error
  }
}

/** By the documentation of each, for where the program itself is not at hand. */
describe('documented rules', () => {
  const tricky: readonly (readonly [EnvDialect, string, string | null])[] = [
    ['literal', "  K0='a' # b ", "'a' # b "],
    ['literal', 'K0=a\r', 'a'],
    ['literal', 'K0=a$K1\\', 'a$K1\\'],
    ['compose', 'K0=a#b #c', 'a#b'],
    ['compose', "K0='a$b' # c", 'a$b'],
    ['compose', 'K0="a\\tb\\"$$c"', 'a\tb"$c'],
    ['compose', "K0='a\\'b'", "a'b"],
    ['compose', 'export K0 = a  ', 'a'],
    ['compose', 'K0: a', 'a'],
    ['compose', `K1=b\nK0=\${K1}-\${K2:-c}\${K1:+d}`, 'b-cd'],
    ['compose', 'K0=$NOPE', null],
    ['compose', "K0='a\nb'", 'a\nb'],
    ['shell', 'K0=~/a', null],
    ['shell', 'K0=a:~', null],
    ['shell', "K0='~'", '~'],
    ['shell', 'K0=a"b c"\'d\'\\ e', 'ab cd e'],
    ['shell', `K1=b; K0="$K1 \${K1}$"`, 'b b$'],
    ['shell', 'K0=`id`', null],
    ['shell', 'K0=a\\\nb', 'ab'],
    ['shell', 'unset x\ncat <<EOF\nK0=no\nEOF\nK0=yes', 'yes'],
    ['systemd', '="\nK0=a', 'a'],
    ['systemd', 'K0 = "a" \'b\'', 'ab'],
    ['systemd', "K0='a' # b", 'a# b'],
    ['systemd', 'K0=a\\\nb \\x ', 'ab x'],
    ['systemd', 'K0="a\\nb\\$"', 'a\\nb$'],
    ['dotenv', 'K0=a#b', 'a'],
    ['dotenv', 'K0="a\\nb"', 'a\nb'],
  ]

  for (const [dialect, file, expected] of tricky) {
    it(`${dialect}: ${JSON.stringify(file)}`, () => {
      expect(read(file, dialect).K0).toBe(expected)
    })
  }
})

describe('any text', () => {
  const DIALECTS = ['literal', 'shell', 'compose', 'systemd', 'dotenv', null] as const

  it('is read without an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), text, value), (one) => {
        for (const dialect of DIALECTS) readEnvFile(one, 'f', dialect)
      }),
      { numRuns: 3000 },
    )
  })

  it('takes time in proportion to its length', () => {
    for (const unit of [
      '$' + '{',
      '$(',
      '`',
      "'",
      '"',
      '\\',
      'A=$' + '{B:-',
      'A=(',
      '<<',
      'A=1 B=2 #x\n',
      ' ',
      '\n',
      'A #',
      'export ',
      "A='",
      'a:',
    ]) {
      const long = unit.repeat(Math.floor(300_000 / unit.length))
      for (const dialect of DIALECTS) {
        const before = performance.now()
        readEnvFile(`A=${long}`, 'f', dialect)
        expect({ unit, dialect, slow: performance.now() - before > 5000 }).toEqual({ unit, dialect, slow: false })
      }
    }
  })
})
