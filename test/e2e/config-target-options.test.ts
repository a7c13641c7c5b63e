/**
 * Names, paths, images, hosts and the like, with which files are put together: each stands in the file as it was
 * described, whatever its text, or is refused and nothing is written.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WcnError } from '../../src/errors/wcn-error.js'
import { type Sandbox, sandbox } from '../support/cli.js'
import { DESCRIPTION, putDeployment } from '../support/deployment.js'
import { type EmittedFile, emitted } from '../support/emitted.js'
import { documentsIn } from '../support/kubernetes-manifests.js'
import { BLANK, ODD, oddText, WORSE } from '../support/odd-text.js'
import { SEED } from '../support/seed.js'

let box: Sandbox
beforeAll(() => {
  box = sandbox()
  putDeployment(box)
})
afterAll(() => box.remove())

const [N0, ...OTHERS] = DESCRIPTION.nodes
const [N1] = OTHERS.map((node) => ({ ...node, primary_port: 4010, secondary_port: 4011, metrics_port: 4012 }))
const BASE = {
  ...DESCRIPTION,
  images: { tag: '260209.1' },
  kubernetes: { exposure: 'load-balancer' },
  nodes: [N0, N1],
}

// biome-ignore lint/suspicious/noExplicitAny: each is another document
const yaml = (files: readonly EmittedFile[], path: string, index = 0): any =>
  documentsIn(files.find((file) => file.path === path)?.text ?? '').at(index)
const unit = (files: readonly EmittedFile[], path: string, key: string) =>
  new RegExp(`^${key}=(.*)$`, 'm').exec(files.find((file) => file.path === path)?.text ?? '')?.[1]
const nodes = (changes: object) => [{ ...N0, ...changes }, { ...N1 }]
const onHost = { exposure: 'host-network', host_cidrs: ['10.0.20.0/24'] }

type Option = readonly [
  what: string,
  format: string,
  changes: (text: string) => object,
  read: (files: readonly EmittedFile[]) => unknown,
]
const OPTIONS: readonly Option[] = [
  ['project', 'compose', (project) => ({ compose: { project } }), (files) => yaml(files, 'compose.yaml').name],
  [
    'image',
    'compose',
    (tag) => ({ images: { database: 'a/b:1', node: `a/b:${tag}` } }),
    (files) => yaml(files, 'compose.yaml').services.wcn_node_n0.image.slice(4),
  ],
  ['tag', 'k8s', (tag) => ({ images: { tag } }), (files) => containerImage(files)?.replace(/^.*wcn-node:/, '')],
  ['user', 'systemd', (user) => ({ systemd: { user } }), (files) => unit(files, 'wcn_db.service', 'User')],
  [
    'binary',
    'systemd',
    (one) => ({ systemd: { node_binary: `/${one}` } }),
    (files) => unit(files, 'wcn_node_n0.service', 'ExecStart')?.slice(1),
  ],
  [
    'env_dir',
    'systemd',
    (one) => ({ systemd: { env_dir: `/${one}` } }),
    (files) =>
      unit(files, 'wcn_db.service', 'EnvironmentFile')
        ?.slice(1)
        .replace(/\/wcn_db\.env$/, ''),
  ],
  [
    'namespace',
    'k8s',
    (namespace) => ({ kubernetes: { exposure: 'load-balancer', namespace } }),
    (files) => yaml(files, 'secrets/wcn-db.yaml').metadata.namespace,
  ],
  [
    'storage class',
    'k8s',
    (storage_class) => ({ kubernetes: { exposure: 'load-balancer', storage_class } }),
    (files) => yaml(files, 'database.yaml', -1).spec.volumeClaimTemplates[0].spec.storageClassName,
  ],
  [
    'host',
    'k8s',
    (host) => ({ kubernetes: onHost, nodes: nodes({ host }).map((one) => ({ ...one, host })) }),
    (files) => yaml(files, 'node-n0.yaml', -1).spec.template.spec.nodeSelector['kubernetes.io/hostname'],
  ],
  [
    'host',
    'systemd',
    (host) => ({ nodes: nodes({ host }) }),
    (files) => files.find(({ path }) => path.endsWith('wcn_node_n0.env'))?.path.replace(/\/wcn_node_n0\.env$/, ''),
  ],
  [
    'name',
    'prometheus',
    (name) => ({ nodes: nodes({ name, metrics_address: 'n0.internal' }) }),
    (files) => yaml(files, 'prometheus.yml').scrape_configs[0].static_configs[0].labels.node,
  ],
  [
    'metrics_address',
    'prometheus',
    (metrics_address) => ({ nodes: nodes({ metrics_address }) }),
    (files) => yaml(files, 'prometheus.yml').scrape_configs[0].static_configs[0].targets[0].replace(/:3012$/, ''),
  ],
]
const containerImage = (files: readonly EmittedFile[]): string | undefined =>
  yaml(files, 'node-n0.yaml', -1).spec.template.spec.containers[0].image

it.each(OPTIONS)('%s is in the files of %s as it was described, or refused', async (_, format, changes, read) => {
  const usual = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/)
  const given = fc.oneof(
    usual,
    oddText,
    fc.tuple(usual, fc.constantFrom(...ODD, ...BLANK, ...WORSE)).map((all) => all.join('')),
  )
  const seen = { carried: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(given, async (one) => {
      const files = await emitted(box, { ...BASE, ...changes(one) }, format)
      if (files instanceof WcnError) {
        seen.refused++
        expect(files.message).toMatch(/\w/)
        return
      }
      seen.carried++
      expect(read(files)).toBe(one)
    }),
    { numRuns: 25, seed: SEED, endOnFailure: true, examples: [['usual'], ['longer-name'], ['a\nb: c'], ['usual\n']] },
  )
  expect(Math.min(seen.carried, seen.refused)).toBeGreaterThan(0)
})
