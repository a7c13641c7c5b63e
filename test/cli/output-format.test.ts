/** Which command knows which format, and that the table of it fits what the commands are and print. */
import { existsSync, readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { beforeAll, describe, expect, it } from 'vitest'
import { chosenFormat, formatsOf, namesText, OWN_FORMATS, wordsOf } from '../../src/cli/output-format.js'
import { fullProgram } from '../../src/program.js'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly definitions?: Readonly<Record<string, Schema>>
}

let commands: readonly Command[]
beforeAll(async () => {
  // The build's.
  Object.assign(globalThis, { WCN_VERSION: '0.0.0' })
  commands = leavesOf(await fullProgram())
})

function leavesOf(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf)
}

function schemaOf(words: string): Schema {
  const file = new URL(
    `../../schema/${words === 'view' ? 'operator-view' : words.replace(' ', '-')}.json`,
    import.meta.url,
  )
  if (!existsSync(file)) throw new Error(`${words} prints no document`)
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** What may stand there, references followed. */
function variants(schema: Schema, root: Schema): readonly Schema[] {
  if (schema.$ref) return variants(root.definitions?.[schema.$ref.replace('#/definitions/', '')] ?? {}, root)
  return schema.anyOf?.flatMap((one) => variants(one, root)) ?? [schema]
}

function typesAt(path: readonly string[], schema: Schema, root: Schema): readonly string[] {
  return variants(schema, root).flatMap((one) => {
    if (one.items) return typesAt(path, one.items, root)
    const [field, ...rest] = path
    if (field === undefined) return one.type ?? []
    return typesAt(rest, one.properties?.[field] ?? {}, root)
  })
}

describe('the table', () => {
  it('is of commands that there are', () => {
    const known = new Set(commands.map(wordsOf))
    expect(Object.keys(OWN_FORMATS).filter((words) => !known.has(words))).toEqual([])
  })

  it.each(Object.entries(OWN_FORMATS))('of %s names what its documents have', (words, { name, markdown }) => {
    const schema = schemaOf(words)
    if (name !== undefined) expect(typesAt(name.split('.'), schema, schema)).toContain('string')
    if (markdown !== undefined) expect(variants(schema, schema)[0]?.properties).toHaveProperty(markdown)
    expect([name, markdown].some((one) => one !== undefined)).toBe(true)
  })

  it('is in the grammar of each command that prints documents; one has -o for another flag', () => {
    const flags = commands.map((command) => {
      const option = command.options.find(({ long }) => long === '--output')
      return [wordsOf(command), option?.flags ?? null] as const
    })
    expect(flags.filter(([, spelled]) => spelled !== '-o, --output <format>')).toEqual([
      ['admin deploy', '--output <format>'],
      ['complete', null],
    ])
  })
})

describe('the format', () => {
  it('is that of a flag, with what it implies', () => {
    expect(chosenFormat({}, 'nodes list')).toEqual({ format: 'text', flags: {} })
    expect(chosenFormat({ json: true }, 'nodes list').format).toBe('json')
    expect(chosenFormat({ output: 'json' }, 'nodes list')).toMatchObject({ format: 'json', flags: { json: true } })
    expect(chosenFormat({ output: 'yaml' }, 'nodes list')).toMatchObject({ format: 'yaml', flags: { json: true } })
    expect(chosenFormat({ output: 'wide' }, 'nodes list')).toMatchObject({ format: 'text', flags: { wide: true } })
    expect(chosenFormat({ output: 'name' }, 'nodes list').format).toBe('name')
    expect(chosenFormat({ output: 'json', json: true }, 'nodes list').format).toBe('json')
  })

  it.each(['', 'xml', 'JSON', 'text', 'markdown', 'constructor', 'name '])('is not %j', (output) => {
    expect(() => chosenFormat({ output }, 'nodes list')).toThrow(
      `--output is "${output}", which is not one of those that this command knows: json, yaml, wide, name`,
    )
  })

  it.each(['yaml', 'wide', 'name'])('is not two, such as JSON and %s', (output) => {
    expect(() => chosenFormat({ output, json: true }, 'nodes list')).toThrow('two formats')
  })

  it('is what a command knows', () => {
    expect(formatsOf('doctor')).toEqual(['json', 'yaml', 'wide', 'markdown', 'nagios', 'prometheus', 'junit'])
    expect(formatsOf('nodes add')).toEqual(['json', 'yaml', 'wide'])
  })
})

it('prints names of lists, of single things, and of nothing', () => {
  expect(namesText('nodes list', { nodes: [{ peer_id: 'a' }, { peer_id: 'b' }] })).toBe('a\nb\n')
  expect(namesText('nodes list', { nodes: [] })).toBe('')
  expect(namesText('operator view', { operator: { id: '0x1' } })).toBe('0x1\n')
  expect(namesText('maintenance status', { maintenance: null })).toBe('')
})
