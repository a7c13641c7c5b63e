/** Holds the documents that a run of the tool prints against the package's schemas; a field that they do not know is a fault here. */
import { existsSync, readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import { fullProgram } from '../../src/program.js'

const SCHEMAS = new URL('../../schema/', import.meta.url)
/** Commands that are another's by a name of the Rust tool. */
const OTHER_NAMES: Readonly<Record<string, string>> = { view: 'operator view', rename: 'operator rename' }

const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true })
const compiled = new Map<string, ValidateFunction>()

/** Throws where a document has no schema, or does not fit it. What is no document, or was cut off, is the test's affair. */
export async function requireFittingDocuments(args: readonly string[], stdout: string): Promise<void> {
  if (!stdout.startsWith('{"schema":')) return
  for (const line of stdout.split('\n').slice(0, -1)) {
    const document = JSON.parse(line)
    requireFitting('envelope', document)
    if (!('data' in document)) continue
    const command = (await commandIn(args)).replaceAll(' ', '-')
    const place = args.indexOf('--context')
    if (place < 0 || !/^all$|,/.test(args[place + 1] ?? '')) requireFitting(command, document.data)
    else {
      requireFitting('several-contexts', document.data)
      for (const { data, error } of document.data.contexts) if (error === null) requireFitting(command, data)
    }
  }
}

function requireFitting(name: string, value: unknown): void {
  const fits = compiled.get(name) ?? compile(name)
  compiled.set(name, fits)
  if (fits(value)) return
  const faults = new Set(
    fits.errors?.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`),
  )
  throw new Error(
    `it does not fit schema/${name}.json (if it is meant so: npm run schemas):\n${[...faults].join('\n')}\n${JSON.stringify(value)}`,
  )
}

/** Such as `nodes list` for `--json node ls --wide`. */
async function commandIn(args: readonly string[]): Promise<string> {
  // The build's.
  Object.assign(globalThis, { WCN_VERSION: '0.0.0' })
  let command = await fullProgram()
  let words = ''
  for (const word of args) {
    const child = command.commands.find((one) => one.name() === word || one.aliases().includes(word))
    if (!child) continue
    words += ` ${child.name()}`
    command = child
  }
  // Without words it is how things stand.
  return OTHER_NAMES[words.trim()] ?? (words.trim() || 'status')
}

function compile(name: string): ValidateFunction {
  const file = new URL(`${name}.json`, SCHEMAS)
  if (!existsSync(file))
    throw new Error(`there is no schema/${name}.json: name the command in scripts/json-documents.ts`)
  return ajv.compile(closed(JSON.parse(readFileSync(file, 'utf8'))))
}

function closed(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema), (_, value) =>
    typeof value?.properties === 'object' && value.type === 'object' && !('additionalProperties' in value)
      ? { ...value, additionalProperties: false }
      : value,
  )
}
