/** Values that manifests carry, as Kubernetes and kubectl read them. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderTargetFile } from '../../../src/deploy/render-target-file.js'
import { kubernetesFiles } from '../../../src/deploy/targets/kubernetes.js'
import type { TargetPlan } from '../../../src/deploy/targets/target-file.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { installed } from '../../support/installed.js'
import {
  BALANCED,
  documentsIn,
  EXPOSURES,
  Manifests,
  manifestsOf,
  podOf,
  textsOf,
} from '../../support/kubernetes-manifests.js'
import { schemaFaults } from '../../support/kubernetes-schema.js'
import { planOf } from '../../support/target-plan.js'
import { sentenceOf } from '../../support/thrown.js'

describe('values', () => {
  const withVariables = (plan: TargetPlan, secret: string, plain: string): TargetPlan => ({
    ...plan,
    services: plan.services.map((planned) => ({
      ...planned,
      variables: [
        { name: 'SECRET_KEY', value: secret, origin: 'a test' },
        { name: 'FIRST', value: 'first', origin: 'a test' },
        { name: 'LOG_LEVEL', value: plain, origin: 'a test' },
      ],
    })),
  })
  const plan = planOf(BALANCED, { only: ['wcn_node_n1'] })
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc
      .array(
        fc.constantFrom(
          '$',
          '(',
          ')',
          '$(FIRST)',
          '$$',
          'FIRST',
          "'",
          '"',
          '#',
          ' ',
          ': ',
          '\n',
          '\r',
          '\t',
          '\u0085',
          '\u2028',
          '\ufeff',
          '\\',
          '- ',
          '&',
          '*',
          '%',
          '\0',
          '\ud800',
          'é',
          '🦊',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
    fc.constantFrom(
      '',
      'off',
      'on',
      'no',
      'y',
      '~',
      'null',
      '010',
      '0o17',
      '0x1F',
      '1_000',
      '12:30:45',
      '1e3',
      '.5',
      '.inf',
      '2001-01-01',
      '<<',
      '=',
      'true',
      ' a',
      'a ',
    ),
  )

  it('arrive as they are, or are refused', () => {
    fc.assert(
      fc.property(value, value, (secret, plain) => {
        const given = withVariables(plan, secret, plain)
        // No process's environment can hold these.
        if ([secret, plain].some((one) => /[\0\p{Cs}]/u.test(one))) {
          expect(sentenceOf(() => textsOf(given))).toMatch(
            /^VALUE_NOT_ENCODABLE: the value of (?:SECRET_KEY|LOG_LEVEL)/,
          )
          return
        }
        const manifests = new Manifests(given)
        const env = podOf(manifests.get('StatefulSet', 'wcn-node-n1')).container.env ?? []
        const [, first, last] = env
        expect(expanded(last?.value ?? '', { FIRST: first?.value ?? '' })).toBe(plain)
        expect(manifests.get('Secret', 'wcn-node-n1').stringData).toEqual({ SECRET_KEY: secret })
      }),
      { numRuns: 300 },
    )
  })

  it('are told with where they came from, which brings in no line', () => {
    const text = textsOf(planOf(BALANCED)).get('node-n0.yaml')
    expect(text).toMatch(/loadBalancerIP: 52\.1\.2\.3 # deployment\.yaml nodes\S*ipv4_addr/)
    const hostile = { ...planOf(BALANCED), origin: () => 'a\n  evil: true' }
    expect(() => textsOf(hostile)).toThrow(expect.objectContaining({ code: 'VALUE_NOT_ENCODABLE' }))
  })

  describe.skipIf(!installed('kubectl', 'version', '--client'))('kubectl', () => {
    let box: Sandbox
    beforeAll(() => {
      box = sandbox()
    })
    afterAll(() => box.remove())

    function kustomized(plan: TargetPlan, folder: string): string {
      mkdirSync(box.path(`${folder}/secrets`), { recursive: true })
      for (const [path, text] of textsOf(plan)) writeFileSync(box.path(`${folder}/${path}`), text)
      const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', box.path(folder)], { encoding: 'utf8' })
      expect(`${status} ${stderr}`).toBe('0 ')
      return stdout
    }

    it.each(EXPOSURES)('builds the kustomization, %s', (name, overrides) => {
      const built = documentsIn(kustomized(planOf(overrides), name)) as { kind: string; metadata: { name: string } }[]
      const ids = (all: readonly { kind?: string; metadata?: { name?: string } }[]) =>
        all.map(({ kind, metadata }) => `${kind} ${metadata?.name}`).sort()
      const meant = manifestsOf(overrides).all.filter(({ kind }) => kind !== 'Secret' && kind !== 'Namespace')
      expect(ids(built)).toEqual(ids(meant))
      for (const manifest of built) expect(schemaFaults(manifest)).toEqual([])
    })

    it('reads the values that were written', () => {
      const samples = fc.sample(value, { numRuns: 300, seed: 5 }).filter((one) => !/[\0\p{Cs}]/u.test(one))
      const [service] = plan.services
      if (!service) throw new Error('a service')
      const variables = samples.map((one, i) => ({ name: `V${i}`, value: one, origin: 'a test' }))
      const manifest = kubernetesFiles({ ...plan, services: [{ ...service, variables }] }).find(
        ({ path }) => path === 'node-n1.yaml',
      )
      if (!Array.isArray(manifest?.body)) throw new Error('a manifest')
      const set = { ...manifest, body: manifest.body.slice(-1) }
      writeFileSync(box.path('set.yaml'), renderTargetFile(set))
      const { stdout, stderr } = spawnSync(
        'kubectl',
        ['annotate', '--local', '-f', box.path('set.yaml'), 'read=yes', '-o', 'json'],
        { encoding: 'utf8' },
      )
      expect(stderr).toBe('')
      const read = podOf(JSON.parse(stdout)).container.env?.map((entry) => expanded(entry.value ?? '', {}))
      expect(read).toEqual(samples)
    })
  })
})

/** `$(NAME)` and `$$` as the kubelet reads them in the values of a container's environment. */
function expanded(text: string, known: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(?:\$|\(([^)]*)\))/g, (whole, name?: string) =>
    whole === '$$' ? '$' : (known[name ?? ''] ?? whole),
  )
}
