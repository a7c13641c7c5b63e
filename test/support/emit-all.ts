/** `config emit --format all` through the built tool, for a deployment on one machine and for one on several. */
import { expect } from 'vitest'
import type { Sandbox } from './cli.js'
import { DESCRIPTION, SECRETS } from './deployment.js'
import { wcnInProcess as wcn } from './in-process.js'

const [N0, N1] = DESCRIPTION.nodes
/** On two machines, with all that the targets need. */
export const FULL = {
  ...DESCRIPTION,
  database: { ...DESCRIPTION.database, host: 'ma', metrics_address: '10.0.10.5' },
  nodes: [
    { ...N0, host: 'ma', metrics_address: 'n0.internal' },
    { ...N1, host: 'mb', metrics_address: 'n1.internal', primary_port: 4010, secondary_port: 4011, metrics_port: 4012 },
  ],
  images: { tag: '260209.1' },
  kubernetes: { exposure: 'host-network', host_cidrs: ['10.0.20.0/24'], storage_class: 'fast' },
}
const here = ({ host: _, ...service }: { readonly host: string }) => service
export const ON_ONE_MACHINE = {
  ...FULL,
  kubernetes: { exposure: 'load-balancer' },
  database: here(FULL.database),
  nodes: FULL.nodes.map(here),
}

export interface File {
  readonly path: string
  readonly secret: boolean
  readonly signing_key: boolean
  readonly status: string
}

/** `config emit --format all` of `deployment.yaml` into `out`, unless told. Whatever happens, no secret is shown, in no notation. */
export async function emitAll(box: Sandbox, more: readonly string[] = [], at: { readonly cwd?: string } = {}) {
  const unless = (flag: string, value: string) => (more.includes(flag) ? [] : [flag, value])
  const args = [...unless('-f', 'deployment.yaml'), ...unless('--out', 'out'), ...more]
  const result = await wcn(['config', 'emit', '--format', 'all', ...args], {
    cwd: box.path('.'),
    ...at,
  })
  for (const shown of [result.stdout, result.stderr]) expectNoSecret(shown)
  return result
}

export function expectNoSecret(text: string): void {
  for (const secret of SECRETS)
    for (const written of [
      secret,
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      encodeURIComponent(secret),
    ])
      expect(text).not.toContain(written)
}

/** Ends well, in one document. */
export async function emitAllJson(box: Sandbox, ...more: readonly string[]) {
  const result = await emitAll(box, [...more, '--json'])
  expect(result, result.stderr).toMatchObject({ code: 0 })
  const { data } = JSON.parse(result.stdout)
  return { ...result, data, files: data.files as readonly File[] }
}

export function countOf(files: readonly File[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { status } of files) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
