/** How targets become text: what is written is read back as it was meant, and no comment becomes a line. */
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import type { Dialect } from '../../src/deploy/model/dialects.js'
import type { EnvVariable } from '../../src/deploy/model/service-values.js'
import { renderTargetFile, renderYaml } from '../../src/deploy/render-target-file.js'
import { envFile } from '../../src/deploy/targets/env-files.js'
import { sealOf } from '../../src/deploy/targets/seal.js'
import { commented, sharedFile, type TargetFile, type YamlValue } from '../../src/deploy/targets/target-file.js'
import { planOf } from '../support/target-plan.js'
import { thrownBy } from '../support/thrown.js'

const fileOf = (body: TargetFile['body'], about: readonly string[] = ['about']): TargetFile =>
  sharedFile('file', about, body)
const envOf = (dialect: Dialect, variables: readonly EnvVariable[]): TargetFile => {
  const [owner] = planOf().services
  if (!owner) throw new Error('a service')
  return envFile({ ...owner, variables }, dialect)
}

/** Words that mean something else to one YAML version or another unless they are quoted. */
const odd = fc.constantFrom(
  ...[
    'on',
    'no',
    'Yes',
    'y',
    '~',
    'null',
    '010',
    '0x1f',
    '12:30',
    '1_000',
    '.5',
    '1e3',
    '- a',
    '# a',
    'a: b',
    '<<',
    '=',
  ],
  ...['', ' ', "it's", '"', '&a', '*a', '!tag', '%x', '@', '`', '{', '[', '|', '>', '2026-11-22', '\u2028', '\u0085'],
)
const text = fc.oneof(
  odd,
  fc.string({ unit: 'binary' }).filter((one) => !/\p{Cs}/u.test(one)),
)
const value: fc.Arbitrary<YamlValue> = fc.letrec<{ value: YamlValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__' && key !== '<<'),
      tie('value'),
      { maxKeys: 3 },
    ),
  ),
})).value

describe('YAML', () => {
  it.each(['1.1', '1.2'] as const)('is read back by a reader of YAML %s as it was meant', (version) => {
    fc.assert(
      fc.property(value, (one) => {
        expect(parse(renderYaml(one), { version, schema: version === '1.1' ? 'yaml-1.1' : 'core' })).toEqual(one)
      }),
      { numRuns: 500 },
    )
  })

  it('has comments beside values, and above lists and maps', () => {
    const printed = renderYaml({ a: commented(1, 'one'), b: commented([commented('x', 'an x')], 'all of them') })
    expect(printed).toBe('a: 1 # one\nb:\n  # all of them\n  - x # an x\n')
  })

  it('is several documents in one file', () => {
    const printed = renderTargetFile(fileOf([{ a: 1 }, { b: 2 }]))
    expect(parseAllDocuments(printed).map((one) => one.toJS())).toEqual([{ a: 1 }, { b: 2 }])
  })
})

describe('an env file', () => {
  it('keeps the order of its variables', () => {
    const variables = ['B', 'A'].map((name) => ({ name, value: '1', origin: 'o' }))
    expect(envOf('shell', variables).body).toBe("# o\nB='1'\n# o\nA='1'\n")
  })

  it('says above each value where it came from', () => {
    const variables = [{ name: 'A', value: '1', origin: 'deployment.yaml nodes[0].primary_port' }]
    const printed = renderTargetFile(envOf('shell', variables))
    expect(printed.endsWith("\n# deployment.yaml nodes[0].primary_port\nA='1'\n")).toBe(true)
    expect(parseEnv(printed)).toEqual({ A: '1' })
  })
})

it('is sealed, whatever it is', () => {
  for (const file of [fileOf('[Unit]\n'), fileOf([{}]), envOf('env', [])])
    expect(sealOf(renderTargetFile(file))).toBe('untouched')
})

it.each(['a\nB=1', 'a\rB=1', 'a\u2028B', 'a\u0000', 'a\u202eB'])(
  'never brings a line in by a comment: %j',
  (origin) => {
    const variables = [{ name: 'A', value: '1', origin }]
    for (const make of [
      () => renderTargetFile(envOf('env', variables)),
      () => renderTargetFile(fileOf([{ a: commented(1, origin) }])),
      () => renderTargetFile(fileOf([{ a: commented([1], origin) }])),
      () => renderTargetFile(fileOf('', [origin])),
    ])
      expect(thrownBy(make)).toMatchObject({ code: 'VALUE_NOT_ENCODABLE' })
  },
)
