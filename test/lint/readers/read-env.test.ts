/** The readers of env files against the programs whose rules they follow, and what they say about doubtful lines. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WcnError } from '../../../src/errors/wcn-error.js'
import { type EnvDialect, readEnvFile } from '../../../src/lint/readers/env-file.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { encodeEnvFile } from '../../support/env-file.js'
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

/** For a shell: each that is set, as `NAME=value`. */
const PRINT_NAMES = NAMES.map((name) => `[ "\${${name}+x}" ] && printf '%s=%s\\0' ${name} "$${name}"`).join('; ')
const printed = (output = ''): Readonly<Record<string, string>> =>
  Object.fromEntries(
    output
      .split('\0')
      .slice(0, -1)
      .map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
  )

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
  (exec 3>&1; set -a; . "$0/f$f" >/dev/null 2>&1 </dev/null; printf 'RAN\\0'; ${PRINT_NAMES}; printf 'END\\0') || printf 'END\\0'
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
          // What sh refuses, or does not run to its end, is not compared.
          if (!results[i]?.includes('RAN\0')) return
          const actual = printed(results[i])
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

const GENERATOR = '/lib/systemd/user-environment-generators/30-systemd-environment-d-generator'

describe.skipIf(!existsSync(GENERATOR))('systemd', () => {
  it('reads what systemd reads', () => {
    let compared = 0
    fc.assert(
      fc.property(fc.array(text, { minLength: 30, maxLength: 30 }), (texts) => {
        // environment.d shares EnvironmentFile's parser and expands `$` on top of it.
        // It gives a file with a name that is none up, while a unit's service goes without that variable.
        const plain = texts
          .map((one) => one.replace(/[$~]/g, 'S').replaceAll('export ', ''))
          // systemd 252 goes on with a comment that ends with a backslash, later ones don't.
          .filter((one) => !/^\s*[#;].*\\$/m.test(one))
        plain.forEach((one, i) => {
          mkdirSync(box.path(`config-${i}/environment.d`), { recursive: true })
          writeFileSync(box.path(`config-${i}/environment.d/a.conf`), one)
        })
        // What the generator prints is for a shell.
        const script = `for i in ${plain.map((_, i) => i).join(' ')}; do
  XDG_CONFIG_HOME="$0/config-$i" '${GENERATOR}' >"$0/made" 2>/dev/null
  (exec 3>&1; . "$0/made" >/dev/null 2>&1; ${PRINT_NAMES} >&3); printf 'END\\0'
done`
        const output = execFileSync('bash', ['-c', script, box.path('.')], { encoding: 'utf8', env: {} })
        const results = output.split('END\0')
        plain.forEach((one, i) => {
          const { variables } = readEnvFile(one, 'f', 'systemd')
          // It also passes over what is set to nothing.
          const set = variables.filter(({ value: known }) => known !== '')
          const escaped = (known: string | null) => known?.replaceAll('\n', '\\n').replaceAll('\t', '\\t')
          const last = new Map(set.map(({ name, value: known }) => [name, escaped(known)]))
          const actual = nonEmpty(printed(results[i]))
          for (const [name, known] of last) {
            if (known === undefined) continue
            compared++
            expect({ plain: one, name, value: known }).toEqual({ plain: one, name, value: actual[name] })
          }
        })
      }),
      { numRuns: 5, seed: SEED },
    )
    expect(compared).toBeGreaterThan(100)
  })
})

function nonEmpty(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, text]) => text !== ''))
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
    ['shell', ['shell', 'compose', 'systemd']],
  ] as const) {
    it(`arrives without a remark: ${dialect}`, () => {
      fc.assert(
        fc.property(fc.array(anything, { maxLength: 8 }), (values) => {
          const named = new Map(values.flatMap((one, i) => (isCarried(dialect, one) ? [[`K${i}`, one] as const] : [])))
          const file = `# about\n${encodeEnvFile(dialect, named)}`
          for (const reader of readers) {
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

/** By the documentation of each, for where the program itself is not at hand. Null: it is not followed. */
describe('documented rules', () => {
  const tricky: readonly (readonly [EnvDialect, string, string | null])[] = [
    ['literal', "  K0='a' # b ", "'a' # b "],
    ['literal', 'K0=a\r', 'a'],
    ['literal', 'K0=a$K1\\', 'a$K1\\'],
    ['compose', 'K0=a#b #c', null],
    ['compose', 'K0=a#b # c', 'a#b'],
    ['compose', "K0='a$b' # c", 'a$b'],
    ['compose', 'K0="a$$b"', 'a$b'],
    ['compose', 'K0="a\\tb"', null],
    ['compose', "K0='a\\'b'", "a'b"],
    ['compose', 'export K0 = a  ', 'a'],
    ['compose', 'K0: a', 'a'],
    ['compose', `K1=b\nK0=\${K1}-\${K2:-c}\${K1:+d}`, 'b-cd'],
    ['compose', `K0=\${K1:-\${K2}}`, null],
    ['compose', 'K0=$NOPE', null],
    ['compose', "K0='a\nb'", null],
    ['shell', 'K0=~/a', null],
    ['shell', 'K0=a:~', null],
    ['shell', "K0='~'", '~'],
    ['shell', 'K0=a"b c"', null],
    ['shell', 'K1=b; K0="$K1"', null],
    ['shell', 'K1=b; K0="c$" && K2=d', 'c$'],
    ['shell', 'export K1=b K0=c # d', 'c'],
    ['shell', 'K0=`id`', null],
    ['shell', 'K0=a\\\nb', 'ab'],
    ['shell', "K0='a\nK0=b'\nK1=c", null],
    ['shell', 'K0=no\ncat <<EOF\nK0=never\nEOF\nK0=yes', null],
    ['shell', 'K0=a\nif true; then\n  K0=b\nfi', null],
    ['shell', 'K0=a\ntrue && K0=b', null],
    ['shell', 'K0=a\n. ./other.env', null],
    ['shell', '. ./other.env\nK0=a', 'a'],
    ['shell', 'K0=a\nf() {\n  K0=b\n}', null],
    ['shell', 'K0=a\necho K0 is b', 'a'],
    ['shell', 'K0=a\necho "\nK0=b\n"', null],
    ['shell', 'K0=a exec /usr/local/bin/wcn_node', 'a'],
    ['systemd', '="\nK0=a', 'a'],
    ['systemd', "K0 = 'ab'", 'ab'],
    ['systemd', 'K0 = "a" \'b\'', null],
    ['systemd', "K0='a' # b", null],
    ['systemd', 'K0=a\\\nb', null],
    ['systemd', 'K0="a\\nb"', null],
  ]

  for (const [dialect, file, expected] of tricky) {
    it(`${dialect}: ${JSON.stringify(file)}`, () => {
      expect(read(file, dialect).K0).toBe(expected)
    })
  }

  it('say what a script does not hand on to the service that it runs', () => {
    const said = (file: string) =>
      readEnvFile(file, 'f', 'shell').remarks.map(({ status, summary }) => `${status} ${summary}`)
    const what = 'PRIMARY_RPC_SERVER_PORT and 1 more are not exported'
    const ports = 'PRIMARY_RPC_SERVER_PORT=1\nSECONDARY_RPC_SERVER_PORT=2\n'
    expect(said(`${ports}exec wcn_node\n`)).toEqual([`fail ${what}: the service does not get them`])
    expect(said(`${ports}set -a\nexec wcn_node\n`)).toEqual([`fail ${what}: the service does not get them`])
    expect(said(`${ports}export LOG_LEVEL=info\n`)).toEqual([`warn ${what}, as others are`])
    for (const file of [
      ports,
      `set -a\n${ports}exec wcn_node\n`,
      `${ports}export PRIMARY_RPC_SERVER_PORT SECONDARY_RPC_SERVER_PORT\nwcn_node`,
    ])
      expect(said(file)).toEqual([])
  })

  it('say which line is not followed, and that nothing is known of what was set before it', () => {
    const said = (file: string) =>
      readEnvFile(file, 'f', 'shell').remarks.map(({ id, status, summary }) => `${status} ${id} ${summary}`)
    expect(said('export A=1\nmkdir -p /wcn\nchown 1001 /wcn\nexec wcn_node\n')).toEqual([
      'warn not-followed not followed, lines 2, 3: no assignment',
    ])
    expect(said('export A=1\n\nfor x in 1 2; do\n  export B=$x\ndone\n')).toEqual([
      'warn not-followed not followed, line 3 and everything behind it: what was set before is not known either',
    ])
    expect(said('export A=1\nunset A\n')).toEqual([
      'warn not-followed not followed, line 2, which may set variables: what was set before it is not known',
    ])
    expect(said('export A=1\ndocker run -e SECRET_KEY=x wcn-node\n')).toEqual([
      'fail not-followed not followed, line 2, which starts a container: its variables, ports and image are not looked at',
    ])
  })
})

describe('any text', () => {
  const DIALECTS = ['literal', 'shell', 'compose', 'systemd', null] as const

  it('is read without an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), text, value), (one) => {
        for (const dialect of DIALECTS) readEnvFile(one, 'f', dialect)
      }),
      { numRuns: 3000 },
    )
  })

  /** What takes the square of its length does not end within the test's time. */
  it('of many characters is read, whatever it is made of', () => {
    const units = [
      '$' + '{',
      '$(',
      '`',
      "'",
      '"',
      '\\',
      '\\\n',
      'A=$' + '{B:-',
      'A=(',
      '<<',
      'A=1 B=2 #x\n',
      'A=b;',
      ';',
    ]
    for (const unit of [
      ...units,
      'A=1&&',
      ' ',
      '\n',
      'A #',
      'export ',
      "A='",
      'a:',
      'docker ',
      '. x\n',
      'A=1\n. x\n',
      'x\n',
    ]) {
      const long = unit.repeat(Math.floor(2 ** 18 / unit.length))
      for (const dialect of DIALECTS)
        for (const start of ['A=', 'export A=1\n']) readEnvFile(start + long, 'f', dialect)
    }
  })

  it('is read as far as a service may need it, and no further', () => {
    const many = Array.from({ length: 1200 }, (_, i) => `V${i}=1\n`).join('')
    for (const dialect of DIALECTS) {
      const { variables, remarks } = readEnvFile(many, 'f', dialect)
      expect(variables).toHaveLength(1000)
      expect(remarks.map(({ id, status, line: at }) => `${status} ${id} ${at}`)).toEqual(['fail unread 1001'])
    }
  })
})
