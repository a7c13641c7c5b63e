/** The deployment description as a file: which fields there are. What they mean is deploy/model/deployment.ts's business. */
import { z } from 'zod'
import { looksLikeKey } from '../base/key-like.js'
import { sourceName } from '../base/source-name.js'
import { openDocument, parseDocument, requireShape } from '../documents/document.js'
import { pathText, valueAt } from '../documents/document-faults.js'
import { isDescription } from '../documents/is-description.js'
import { WcnError } from '../errors/wcn-error.js'

/** What `wcn init` takes as answers has these fields too. */
export const text = z.string().min(1, 'is blank')
const port = z.union([text, z.int()])
export const path = text.refine((value) => !looksLikeKey(value), {
  message:
    'holds something that looks like a key, where the path of a key file belongs (a key in a description is exposed)',
})
export const SERVICE_FIELDS = z
  .object({
    primary_port: port,
    secondary_port: port,
    metrics_port: port,
    /** The machine it runs on: services with the same host must not share a port. */
    host: text,
    secret_key_file: path,
    peer_id: text,
    /** Where Prometheus reaches its metrics server: a host name or an address. */
    metrics_address: text,
    /** Optional variables of the service, by their own names. */
    env: z.record(z.string(), z.union([z.string(), z.int(), z.boolean()])),
  })
  .partial().shape

/** What targets have to know besides the services. */
export const TARGET_FIELDS = z
  .object({
    /** One tag for both, or whole references. */
    images: z.strictObject({ tag: z.union([text, z.int()]), database: text, node: text }).partial(),
    compose: z.strictObject({ project: text, subnet: text }).partial(),
    systemd: z.strictObject({ user: text, env_dir: text, database_binary: text, node_binary: text }).partial(),
    kubernetes: z
      .strictObject({
        namespace: text,
        exposure: text,
        host_cidrs: z.array(text).readonly(),
        storage: text,
        storage_class: text,
      })
      .partial(),
    /** Where Prometheus reaches `wcn cluster exporter`. */
    prometheus: z.strictObject({ exporter: text }).partial(),
  })
  .partial().shape

const DESCRIPTION = z.strictObject({
  /** Of the operator, as everybody sees it on chain. */
  name: text.optional(),
  contract_address: text.optional(),
  rpc_url: text.optional(),
  rpc_url_file: path.optional(),
  operator: text.optional(),
  encryption_key_file: path.optional(),
  operator_key_file: path.optional(),
  /** `address`: IPv4 in the private network, at which the nodes reach the database. */
  database: z.strictObject({ address: text, rocksdb_dir: text.optional(), ...SERVICE_FIELDS }),
  /** `ipv4_addr`: public; `private_ipv4_addr`: for clients in the same network. Both are on chain. */
  nodes: z
    .array(
      z.strictObject({
        name: text,
        primary: z.boolean().optional(),
        ipv4_addr: text.optional(),
        private_ipv4_addr: text.optional(),
        ...SERVICE_FIELDS,
      }),
    )
    .readonly(),
  ...TARGET_FIELDS,
})

/** As it is written: values are still text, and keys are paths of their files. */
export type Description = z.infer<typeof DESCRIPTION>
export type NodeDescription = Description['nodes'][number]
/** Says where the value of a field came from: a file's line or a flag. */
export type Where = (path: readonly (string | number)[]) => string

export interface ReadDescription {
  readonly description: Description
  readonly where: Where
  /** The same for comments in emitted files: without the line, which other lines move, and without the folder. */
  readonly origin: Where
}

/** Throws DOCUMENT_INVALID. */
export function readDescription(document: string, source: string): ReadDescription {
  const said = parseDocument(document, source, z.looseObject({ nodes: z.unknown() }))
  if (said.nodes !== undefined && !isDescription(said))
    throw new WcnError('DOCUMENT_INVALID', `${sourceName(source)} lists nodes and says nothing of a database`, {
      hint: 'it is a nodes file; `wcn config init` writes a deployment description, which says what they run with',
    })
  const { value, where } = openDocument(document, source, DESCRIPTION)
  const name = sourceName(source).replace(/^.*[/\\](?=.)/, '')
  return { description: value, where, origin: originIn(value, (path) => `${name} ${pathText(path)}`) }
}

/** What was left out has a default. */
function originIn(description: Description, where: Where): Where {
  return (path) => (valueAt(description, path) === undefined ? 'default' : where(path))
}

/** The same from `--database-spec` and `--node-spec`, whose text is `field=value,…` with the file's field names. */
export function descriptionFromFlags(databaseSpec: string | undefined, nodeSpecs: readonly string[]): ReadDescription {
  const where: Where = ([first, index, ...rest]) => {
    if (first === 'database') return ['--database-spec', [index, ...rest].join('.')].filter(Boolean).join(': ')
    if (first === 'nodes') return [`--node-spec ${Number(index ?? 0) + 1}`, rest.join('.')].filter(Boolean).join(': ')
    return `--${String(first).replaceAll('_', '-')}`
  }
  const database = databaseSpec === undefined ? {} : { database: parseSpec(databaseSpec) }
  const value = { ...database, nodes: nodeSpecs.map(parseSpec) }
  const description = requireShape(value, (at) => where(at as (string | number)[]), DESCRIPTION)
  return { description, where, origin: originIn(description, where) }
}

/** `name=n0,primary,env.LOG_LEVEL=info`; a field without `=` is `true`, a blank field is left to the schema. */
function parseSpec(spec: string): unknown {
  const fields: Record<string, unknown> = {}
  const env: Record<string, string> = {}
  for (const part of spec.split(',')) {
    const equals = part.indexOf('=')
    const name = (equals < 0 ? part : part.slice(0, equals)).trim()
    const value = equals < 0 ? true : part.slice(equals + 1).trim()
    if (name.startsWith('env.') && typeof value === 'string') env[name.slice(4)] = value
    else fields[name] = name === 'primary' && (value === 'true' || value === 'false') ? value === 'true' : value
  }
  return Object.keys(env).length === 0 ? fields : { ...fields, env }
}
