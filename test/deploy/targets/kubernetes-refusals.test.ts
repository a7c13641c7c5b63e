/** Deployments that Kubernetes could not run, or not safely: what is said about them. */
import { describe, expect, it } from 'vitest'
import { kubernetesFiles } from '../../../src/deploy/targets/kubernetes.js'
import { BALANCED, manifestsOf, N0, N1, ON_HOSTS } from '../../support/kubernetes-manifests.js'
import { type PlanOverrides, planOf } from '../../support/target-plan.js'
import { sentenceOf, thrownBy } from '../../support/thrown.js'

describe('refusals', () => {
  const HOST = ON_HOSTS.kubernetes
  it.each<[string, PlanOverrides, RegExp, RegExp]>([
    [
      'no exposure',
      {},
      /^SETTING_MISSING: it is not said how UDP/,
      /--exposure host-network or --exposure load-balancer.*kubernetes\.exposure/,
    ],
    [
      'no image',
      { ...BALANCED, images: undefined },
      /^SETTING_MISSING: no version of the database's image/,
      /--image-tag TAG.*images/,
    ],
    [
      "no image of a node's",
      { ...BALANCED, images: { database: 'ghcr.io/walletconnect/wcn-db:1' } },
      /^SETTING_MISSING: no version of the node's image/,
      /images\.node/,
    ],
    [
      'no address for a load balancer',
      { ...BALANCED, nodes: [N0, { name: 'n1', host: 'b' }] },
      /^SETTING_MISSING: node n1 has no ipv4_addr/,
      /ipv4_addr of node n1/,
    ],
    [
      'no machine',
      { ...ON_HOSTS, nodes: [{ ...N0, host: 'a' }, N1] },
      /^SETTING_MISSING: node n1 has no host/,
      /kubernetes\.io\/hostname/,
    ],
    [
      'a machine with a name that none has',
      { ...ON_HOSTS, nodes: [{ ...N0, host: 'my machine' }, N1] },
      /^SETTING_INVALID: deployment\.yaml nodes\S*host is "my machine"/,
      /kubernetes\.io\/hostname/,
    ],
    [
      'no ranges of machines',
      { ...ON_HOSTS, kubernetes: { ...HOST, host_cidrs: [] } },
      /^SETTING_MISSING: kubernetes\.host_cidrs is not set/,
      /kubernetes\.host_cidrs/,
    ],
    [
      'everybody',
      { ...ON_HOSTS, kubernetes: { ...HOST, host_cidrs: ['10.0.0.0/8', '0.0.0.0/0'] } },
      /^OUTPUT_UNSAFE: .*host_cidrs\S* is 0\.0\.0\.0\/0/,
      /10\.0\.10\.0\/24/,
    ],
    ['half of everybody', { ...ON_HOSTS, kubernetes: { ...HOST, host_cidrs: ['0.0.0.0/7'] } }, /^OUTPUT_UNSAFE/, /./],
    [
      'capitals',
      { ...BALANCED, nodes: [N0, { ...N1, name: 'Node-B' }] },
      /^SETTING_INVALID: deployment\.yaml nodes\S*1\S*name is "Node-B"/,
      /small letters, digits and "-", 43/,
    ],
    ['dots', { ...BALANCED, nodes: [N0, { ...N1, name: 'n.1' }] }, /^SETTING_INVALID: .* is "n\.1"/, /43/],
    ['underscores', { ...BALANCED, nodes: [N0, { ...N1, name: 'n_1' }] }, /^SETTING_INVALID: .* is "n_1"/, /43/],
    [
      'a long name',
      { ...BALANCED, nodes: [N0, { ...N1, name: 'ab'.repeat(22) }] },
      /^SETTING_INVALID: .*(?:abab|not shown)/,
      /43/,
    ],
    [
      "somebody else's namespace",
      { kubernetes: { ...BALANCED.kubernetes, namespace: 'kube-system' } },
      /^SETTING_INVALID: the namespace is kube-system/,
      /--namespace/,
    ],
    [
      'a port of root',
      { ...BALANCED, nodes: [N0, { ...N1, primary_port: 443 }] },
      /^PORT_INVALID: .*primary_port is 443/,
      /1024/,
    ],
    [
      'a metrics port of root',
      { ...BALANCED, database: { metrics_port: 1023 } },
      /^PORT_INVALID: .*database\.metrics_port is 1023/,
      /1024/,
    ],
    [
      'a volume over everything',
      { ...BALANCED, database: { rocksdb_dir: '/' } },
      /^SETTING_INVALID: .*rocksdb_dir is "\/"/,
      /absolute path/,
    ],
    [
      'a volume at a path with a colon',
      { ...BALANCED, database: { rocksdb_dir: '/wcn:ro' } },
      /^SETTING_INVALID: .*rocksdb_dir/,
      /absolute path/,
    ],
    [
      "a database in the node's own pod",
      { ...BALANCED, database: { address: '127.0.0.1' } },
      /^SETTING_INVALID: .*database\.address is 127\.0\.0\.1/,
      /services/,
    ],
    [
      'a node that would look for another one in its own pod',
      {
        ...BALANCED,
        nodes: [
          { ...N0, env: { PUBLIC_ADDRESS: N0.ipv4_addr } },
          { ...N1, ipv4_addr: N0.ipv4_addr, primary_port: 4010, secondary_port: 4011, metrics_port: 4012 },
        ],
      },
      /^SETTING_INVALID: node n0 has PUBLIC_ADDRESS 52\.1\.2\.3, .* node n1/,
      /leave PUBLIC_ADDRESS out/,
    ],
  ])('%s', (_, overrides, sentence, hint) => {
    const plan = planOf(overrides)
    expect(sentenceOf(() => kubernetesFiles(plan))).toMatch(sentence)
    expect(thrownBy(() => kubernetesFiles(plan)).hint).toMatch(hint)
  })

  it('asks nothing of nodes that are not emitted', () => {
    const overrides = {
      ...ON_HOSTS,
      nodes: [
        { ...N0, host: 'a' },
        { ...N1, name: 'N_1' },
      ],
    }
    expect(kubernetesFiles(planOf(overrides, { only: ['wcn_db', 'wcn_node_n0'] })).length).toBeGreaterThan(5)
  })

  it('takes the longest name that fits', () => {
    const name = `n${'1'.repeat(42)}`
    const manifests = manifestsOf({ ...BALANCED, nodes: [N0, { ...N1, name }] })
    // Kubernetes adds a hyphen and a hash of ten characters to make a label of it.
    expect(`${manifests.get('StatefulSet', `wcn-node-${name}`).metadata?.name}-0123456789`.length).toBe(63)
  })
})
