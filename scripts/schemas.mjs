// Makes schema/ of the types in json-documents.ts (`npm run schemas`): a JSON Schema of each command's data, and of the
// envelope around it. None of them closes an object: fields may be added without a new schema.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildGenerator, programFromConfig } from 'typescript-json-schema'

const root = fileURLToPath(new URL('..', import.meta.url))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync(`${root}schema`, { recursive: true, force: true })
  mkdirSync(`${root}schema`)
  for (const [name, text] of Object.entries(schemas())) writeFileSync(`${root}schema/${name}`, text)
}

/** The text of each file by its name, such as nodes-list.json. */
export function schemas() {
  const program = programFromConfig(`${root}tsconfig.json`, [`${root}scripts/json-documents.ts`])
  // Types are the compiler's to check.
  const generator = buildGenerator(program, { required: true, strictNullChecks: true, ignoreErrors: true })
  const { warn } = console
  // It takes what a literal starts with for a default, and complains where that is no constant.
  console.warn = () => {}
  const { JsonDocuments, Envelope, SeveralContexts, ...definitions } = generator.getSchemaForSymbols([
    'JsonDocuments',
    'Envelope',
    'SeveralContexts',
  ]).definitions
  console.warn = warn
  const commands = Object.entries(JsonDocuments.properties).map(([words, schema]) => {
    const name = words.replaceAll(' ', '-')
    return [`${name}.json`, fileOf(name, `The data of \`wcn ${words} --json\``, schema, definitions)]
  })
  return {
    'envelope.json': fileOf('envelope', 'Every document of `wcn … --json`', Envelope, definitions),
    'several-contexts.json': fileOf(
      'several-contexts',
      'The data of a read with `--context all`',
      SeveralContexts,
      definitions,
    ),
    ...Object.fromEntries(commands),
  }
}

function fileOf(name, title, schema, all) {
  const definitions = {}
  const known = new Map()
  const $schema = 'http://json-schema.org/draft-07/schema#'
  const document = { $schema, $id: `urn:wcn:schema:${name}`, title, ...simplified(schema), definitions }
  return `${JSON.stringify(document, null, 2)}\n`

  function simplified(value) {
    if (Array.isArray(value)) return value.map(simplified)
    if (typeof value !== 'object' || value === null) return value
    const { $ref, default: _, allOf = [], properties, ...rest } = value
    return {
      ...($ref && referred(decodeURIComponent($ref.replace('#/definitions/', '')))),
      ...(allOf.length > 0 && together(allOf.map(simplified))),
      ...eachOf(rest),
      // Their names are not keywords.
      ...(properties && { properties: eachOf(properties) }),
    }
  }

  function eachOf(record) {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, simplified(value)]))
  }

  /** Types without a name of their own are said where they are used. */
  function referred(key) {
    const [, short] = /^(?:import\(.*\)\.)?(\w+)$/.exec(key) ?? []
    if (short === undefined) return simplified(all[key])
    if (short.length === 1) throw new Error(`${name}: a type is known as the parameter ${short}: say which it is`)
    if ((known.get(short) ?? key) !== key) throw new Error(`${name}: two types are called ${short}`)
    known.set(short, key)
    if (!(short in definitions)) {
      // Before what it holds, for types that hold themselves.
      definitions[short] = {}
      definitions[short] = simplified(all[key])
    }
    return { $ref: `#/definitions/${short}` }
  }
}

/** What intersections come to: a text with a brand is a text, several objects are one. */
function together(parts) {
  const text = parts.find(({ type }) => type === 'string')
  if (text) return text
  return {
    type: 'object',
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required = [] }) => required).sort(),
  }
}
