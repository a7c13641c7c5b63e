/** `config emit` in this process with real files, and what Kubernetes makes of manifests: for tests with many cases. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type Input, run } from '../../src/deploy/config-emit.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { Sandbox } from './cli.js'
import { documentsIn } from './kubernetes-manifests.js'
import { testServices } from './services.js'

export interface EmittedFile {
  /** Below the output directory. */
  readonly path: string
  readonly text: string
  /** Names of the variables in it. */
  readonly variables: readonly string[]
}

let outputs = 0

/** Into a new directory, from a description beside `keys/`; or the refusal, after which nothing is there. */
export async function emitted(
  box: Sandbox,
  description: object,
  format: string,
  more: Input = {},
): Promise<readonly EmittedFile[] | WcnError> {
  const out = box.path(`out-${++outputs}`)
  writeFileSync(box.path('deployment.yaml'), asciiJson(description))
  try {
    const { data } = await run(testServices(), { file: box.path('deployment.yaml'), format, out, ...more })
    return data.files.map(({ path, variables }) => ({
      path: (path ?? '').slice(out.length + 1),
      text: readFileSync(path ?? '', 'utf8'),
      variables,
    }))
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    expect(existsSync(out)).toBe(false)
    return error
  }
}

/** YAML as well. What UTF-8 can't hold is an escape in it. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

interface EnvEntry {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } }
}

interface Manifest {
  readonly kind?: string
  readonly metadata?: { readonly name: string }
  readonly stringData?: Readonly<Record<string, string>>
  readonly spec?: {
    readonly template: { readonly spec: { readonly containers: readonly [{ readonly env: readonly EnvEntry[] }] } }
  }
}

/**
 * The environment of each StatefulSet's container as the kubelet makes it: `$(NAME)` of what stands before, `$$` for `$`,
 * and Secrets as they are.
 */
export function containerEnvironments(files: readonly EmittedFile[]): ReadonlyMap<string, Record<string, string>> {
  const all = files.flatMap(({ text }) => documentsIn(text) as readonly Manifest[])
  const secrets = new Map(all.flatMap((one) => (one.kind === 'Secret' ? [[one.metadata?.name, one.stringData]] : [])))
  return new Map(
    all.flatMap(({ kind, metadata, spec }) => {
      if (kind !== 'StatefulSet' || metadata === undefined) return []
      const made: Record<string, string> = {}
      for (const { name, value, valueFrom } of spec?.template.spec.containers[0].env ?? []) {
        const { secretKeyRef: from } = valueFrom ?? {}
        const found = value === undefined ? secrets.get(from?.name)?.[from?.key ?? ''] : expanded(value, made)
        if (found === undefined) throw new Error(`${metadata.name} has no ${name}`)
        made[name] = found
      }
      return [[metadata.name, made]]
    }),
  )
}

function expanded(value: string, known: Readonly<Record<string, string>>): string {
  return value.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name = '') => (whole === '$$' ? '$' : (known[name] ?? whole)))
}
