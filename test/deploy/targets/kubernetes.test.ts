/** Manifests as Kubernetes takes them: its schemas, what refers to what, and what must never be in them. */
import { describe, expect, it } from 'vitest'
import { renderTargetFile } from '../../../src/deploy/render-target-file.js'
import { kubernetesFiles } from '../../../src/deploy/targets/kubernetes.js'
import {
  BALANCED,
  documentsIn,
  EXPOSURES,
  manifestsOf,
  N0,
  N1,
  ON_HOSTS,
  podOf,
  textsOf,
} from '../../support/kubernetes-manifests.js'
import { schemaFaults } from '../../support/kubernetes-schema.js'
import { CANARY, planOf } from '../../support/target-plan.js'

const selects = (labels: Record<string, string> | undefined, by: Record<string, string> | undefined) =>
  by !== undefined && Object.entries(by).every(([name, value]) => labels?.[name] === value)

describe.each(EXPOSURES)('with %s', (exposure, overrides) => {
  const manifests = manifestsOf(overrides)
  const sets = manifests.ofKind('StatefulSet')

  it('fits the schemas of Kubernetes', () => {
    expect(manifests.all.length).toBeGreaterThan(12)
    for (const manifest of manifests.all) expect(schemaFaults(manifest), JSON.stringify(manifest)).toEqual([])
    for (const only of [['wcn_db'], ['wcn_node_n0'], ['wcn_node_n1', 'wcn_db']])
      for (const manifest of manifestsOf(overrides, { only }).all) expect(schemaFaults(manifest)).toEqual([])
  })

  it('has nothing refer to what is not there', () => {
    expect(sets.map(({ metadata }) => metadata?.name)).toEqual(['wcn-db', 'wcn-node-n0', 'wcn-node-n1'])
    for (const set of sets) {
      const { spec, container } = podOf(set)
      const labels = set.spec?.template.metadata?.labels
      expect(set.spec?.selector.matchLabels).toEqual(labels)
      const governing = manifests.get('Service', set.spec?.serviceName ?? '')
      expect(governing.spec).toMatchObject({ clusterIP: 'None', selector: labels })
      for (const { name, valueFrom } of container.env ?? []) {
        if (valueFrom === undefined) continue
        expect(valueFrom.secretKeyRef?.key).toBe(name)
        const secret = manifests.get('Secret', valueFrom.secretKeyRef?.name ?? '')
        expect(Object.keys(secret.stringData ?? {})).toContain(name)
      }
      const ports = (container.ports ?? []).map(({ name }) => name)
      for (const probe of [container.startupProbe, container.readinessProbe])
        if (probe) expect(ports).toContain(probe.httpGet?.port)
      for (const { name } of container.volumeMounts ?? [])
        expect(set.spec?.volumeClaimTemplates?.map(({ metadata }) => metadata?.name)).toContain(name)
      expect(spec.volumes).toBeUndefined()
    }
    for (const { metadata, spec } of manifests.ofKind('Service')) {
      const served = sets.filter((set) => selects(set.spec?.template.metadata?.labels, spec?.selector))
      expect(served.length, metadata?.name).toBe(1)
      const ports = served.flatMap((set) => podOf(set).container.ports ?? [])
      for (const { port, targetPort, protocol } of spec?.ports ?? [])
        expect(ports).toContainEqual(expect.objectContaining({ name: targetPort, containerPort: port, protocol }))
    }
  })

  it('has everything in the namespace, under names and labels that Kubernetes takes', () => {
    const NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/
    for (const { kind, metadata } of manifests.all) {
      expect(metadata?.name).toMatch(NAME)
      expect(metadata?.namespace).toBe(kind === 'Namespace' ? undefined : 'wcn')
      for (const value of Object.values(metadata?.labels ?? {})) expect(value).toMatch(/^[a-z0-9][a-z0-9.-]{0,62}$/)
    }
    const ids = manifests.all.map(({ kind, metadata }) => `${kind} ${metadata?.name}`)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('never runs two pods with one key, and restarts nothing by itself', () => {
    expect(sets).toHaveLength(3)
    expect(manifests.all.map(({ kind }) => kind)).not.toContain('Deployment')
    for (const set of sets) {
      expect(set.spec).toMatchObject({
        replicas: 1,
        updateStrategy: { type: 'OnDelete' },
        podManagementPolicy: 'Parallel',
      })
      const { container } = podOf(set)
      // A node that runs outlives an outage of its provider; a restarted one does not come back during it.
      expect(container.livenessProbe).toBeUndefined()
      expect(container.readinessProbe?.httpGet).toEqual({ path: '/metrics', port: 'metrics' })
    }
    expect(podOf(manifests.get('StatefulSet', 'wcn-db')).container.startupProbe).toMatchObject({
      periodSeconds: 10,
      failureThreshold: 2160,
    })
    for (const set of sets.slice(1)) expect(podOf(set).container.startupProbe).toBeUndefined()
    // Readiness is told to people; it takes nobody off the network.
    for (const { spec } of manifests.ofKind('Service')) expect(spec?.publishNotReadyAddresses).toBe(true)
    expect(sets.map((set) => podOf(set).spec.terminationGracePeriodSeconds)).toEqual([300, 300, 60])
  })

  it('lets pods do nothing but run as the images do', () => {
    for (const set of sets) {
      const { spec, container } = podOf(set)
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1001,
          runAsGroup: 1001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      })
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      })
      expect(container.imagePullPolicy).toBe('IfNotPresent')
    }
    const resources = sets.map((set) => podOf(set).container.resources)
    const size = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } })
    expect(resources).toEqual([size('8', '16Gi'), size('4', '8Gi'), size('4', '8Gi')])
    expect(sets.map((set) => podOf(set).container.image)).toEqual([
      'ghcr.io/walletconnect/wcn-db:260209.1',
      ...['', ''].map(() => 'ghcr.io/walletconnect/wcn-node:260209.1'),
    ])
    expect(manifests.get('Namespace', 'wcn').metadata?.labels).toEqual({
      'pod-security.kubernetes.io/enforce': exposure === 'host-network' ? 'privileged' : 'restricted',
    })
  })

  it('keeps the data of the database, at the address that nodes are told', () => {
    const database = manifests.get('StatefulSet', 'wcn-db')
    const { spec, container } = podOf(database)
    expect(database.spec?.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' })
    expect(database.spec?.volumeClaimTemplates?.map((claim) => claim.spec)).toEqual([
      {
        accessModes: ['ReadWriteOnce'],
        ...(exposure === 'host-network' ? { storageClassName: 'fast' } : {}),
        resources: { requests: { storage: '200Gi' } },
      },
    ])
    expect(spec.securityContext).toMatchObject({ fsGroup: 1001, fsGroupChangePolicy: 'OnRootMismatch' })
    const [mount] = container.volumeMounts ?? []
    expect(mount?.mountPath).toBe(container.env?.find(({ name }) => name === 'ROCKSDB_DIR')?.value)
    expect(spec.hostNetwork).toBeUndefined()
    const service = manifests.get('Service', 'wcn-db')
    expect(service.spec).toMatchObject({ type: 'ClusterIP', clusterIP: '10.0.10.5' })
    expect(service.spec?.ports?.map(({ port, protocol }) => `${port} ${protocol}`)).toEqual(['3000 UDP', '3001 UDP'])
    for (const name of ['wcn-db', 'wcn-db-metrics']) {
      const { spec: published } = manifests.get('Service', name)
      expect([published?.type ?? 'ClusterIP', published?.externalIPs]).toEqual(['ClusterIP', undefined])
    }
  })

  it('evicts one node at a time, and the database never', () => {
    const budgets = manifests.ofKind('PodDisruptionBudget')
    expect(
      budgets.map(({ spec }) => [
        spec?.maxUnavailable,
        sets
          .filter((set) => selects(set.spec?.template.metadata?.labels, spec?.selector?.matchLabels))
          .map(({ metadata }) => metadata?.name),
      ]),
    ).toEqual([
      [0, ['wcn-db']],
      [1, ['wcn-node-n0', 'wcn-node-n1']],
    ])
    for (const set of sets.slice(1)) {
      const [term] = podOf(set).spec.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
      expect(term?.podAffinityTerm.topologyKey).toBe('kubernetes.io/hostname')
      for (const other of sets.slice(1))
        expect(selects(other.spec?.template.metadata?.labels, term?.podAffinityTerm.labelSelector?.matchLabels)).toBe(
          true,
        )
    }
  })

  it('lets nobody but nodes reach the database, and scrapers its metrics', () => {
    const labelsOf = (name: string) => manifests.get('StatefulSet', name).spec?.template.metadata?.labels
    const { spec } = manifests.get('NetworkPolicy', 'wcn-db')
    expect(spec?.podSelector.matchLabels).toEqual(labelsOf('wcn-db'))
    expect(spec?.policyTypes).toEqual(['Ingress'])
    const [rpc, metrics, ...others] = spec?.ingress ?? []
    expect(others).toEqual([])
    expect(rpc?.ports).toEqual([3000, 3001].map((port) => ({ port, protocol: 'UDP' })))
    if (exposure === 'host-network') {
      expect(rpc?.from).toEqual([{ ipBlock: { cidr: '10.0.20.0/24' } }, { ipBlock: { cidr: '10.244.0.0/16' } }])
    } else {
      const [peer, ...more] = rpc?.from ?? []
      expect(more).toEqual([])
      expect(Object.keys(peer ?? {})).toEqual(['podSelector'])
      expect(
        ['wcn-node-n0', 'wcn-node-n1', 'wcn-db'].filter((name) =>
          selects(labelsOf(name), peer?.podSelector?.matchLabels),
        ),
      ).toEqual(['wcn-node-n0', 'wcn-node-n1'])
    }
    const scrapers = [{ namespaceSelector: {}, podSelector: { matchLabels: { 'wcn-scraper': 'true' } } }]
    expect(metrics).toEqual({ from: scrapers, ports: [{ port: 3002, protocol: 'TCP' }] })
    const nodes = manifests.ofKind('NetworkPolicy').slice(1)
    // No policy applies to pods on their machine's network.
    expect(nodes.map(({ metadata }) => metadata?.name)).toEqual(
      exposure === 'host-network' ? [] : ['wcn-node-n0', 'wcn-node-n1'],
    )
    for (const node of nodes)
      expect(node.spec).toEqual({
        podSelector: { matchLabels: labelsOf(node.metadata?.name ?? '') },
        policyTypes: ['Ingress'],
        ingress: [
          { ports: [3010, 3011].map((port) => ({ port, protocol: 'UDP' })) },
          { from: scrapers, ports: [{ port: 3012, protocol: 'TCP' }] },
        ],
      })
  })

  it('has secrets in the files of secrets only, the signing key with the primary only', () => {
    const files = kubernetesFiles(planOf(overrides))
    for (const file of files) {
      expect(file.secret).toBe(file.path.startsWith('secrets/'))
      expect(renderTargetFile(file).includes(CANARY)).toBe(file.secret)
      expect(renderTargetFile(file).includes('SMART_CONTRACT_SIGNER_PRIVATE_KEY')).toBe(
        /node-n0\.yaml$/.test(file.path),
      )
    }
    expect(
      manifests.ofKind('Secret').map(({ metadata, stringData }) => [metadata?.name, Object.keys(stringData ?? {})]),
    ).toEqual([
      ['wcn-db', ['SECRET_KEY']],
      ['wcn-node-n0', ['SECRET_KEY', 'RPC_PROVIDER_URL', 'SMART_CONTRACT_SIGNER_PRIVATE_KEY']],
      ['wcn-node-n1', ['SECRET_KEY', 'RPC_PROVIDER_URL']],
    ])
  })

  it('lists in the kustomization what is there, but neither the namespace nor secrets', () => {
    for (const only of [undefined, ['wcn_db'], ['wcn_node_n1'], ['wcn_node_n0', 'wcn_node_n1']]) {
      const texts = textsOf(planOf(overrides, only ? { only } : {}))
      const [kustomization] = documentsIn(texts.get('kustomization.yaml') ?? '') as { resources: string[] }[]
      expect([...(kustomization?.resources ?? [])].sort()).toEqual(
        [...texts.keys()].filter((path) => !/^(?:secrets\/|kustomization|namespace)/.test(path)).sort(),
      )
      expect([...texts.keys()].filter((path) => /node-|database|wcn-db/.test(path))).toEqual([
        ...(only?.includes('wcn_db') === false ? [] : ['database.yaml']),
        ...['n0', 'n1'].filter((name) => only?.includes(`wcn_node_${name}`) ?? true).map((name) => `node-${name}.yaml`),
        ...(only?.includes('wcn_db') === false ? [] : ['secrets/wcn-db.yaml']),
        ...['n0', 'n1']
          .filter((name) => only?.includes(`wcn_node_${name}`) ?? true)
          .map((name) => `secrets/wcn-node-${name}.yaml`),
      ])
    }
  })

  it('speaks in a share of what is in it only', () => {
    for (const only of [['wcn_db'], ['wcn_node_n1']]) {
      for (const [path, text] of textsOf(planOf(overrides, { only })))
        expect(documentsIn(text).length, path).toBeGreaterThan(0)
      const share = manifestsOf(overrides, { only })
      const [set, ...others] = share.ofKind('StatefulSet')
      expect(others).toEqual([])
      const labels = set?.spec?.template.metadata?.labels
      for (const { spec } of share.ofKind('PodDisruptionBudget'))
        expect(selects(labels, spec?.selector?.matchLabels)).toBe(true)
      for (const { spec } of share.ofKind('NetworkPolicy'))
        expect(selects(labels, spec?.podSelector.matchLabels)).toBe(true)
    }
  })

  it('is the same each time', () => {
    expect([...textsOf(planOf(overrides))]).toEqual([...textsOf(planOf(overrides))])
  })
})

describe('the way to the nodes', () => {
  it("is a load balancer at each node's own address, for UDP alone, that keeps who is asking", () => {
    const manifests = manifestsOf({ ...BALANCED, nodes: [N0, { ...N1, primary_port: 4010, secondary_port: 4011 }] })
    const balancers = manifests.ofKind('Service').filter(({ spec }) => spec?.type === 'LoadBalancer')
    expect(
      balancers.map(({ metadata, spec }) => [
        metadata?.name,
        spec?.loadBalancerIP,
        spec?.externalTrafficPolicy,
        spec?.ports?.map(({ port, protocol }) => `${port} ${protocol}`),
      ]),
    ).toEqual([
      ['wcn-node-n0', '52.1.2.3', 'Local', ['3010 UDP', '3011 UDP']],
      ['wcn-node-n1', '52.1.2.4', 'Local', ['4010 UDP', '4011 UDP']],
    ])
    for (const set of manifests.ofKind('StatefulSet')) {
      expect(podOf(set).spec.hostNetwork).toBeUndefined()
      for (const port of podOf(set).container.ports ?? []) expect(port.hostPort).toBeUndefined()
    }
  })

  it('says so where an address is shared', () => {
    const shared = { ...N1, ipv4_addr: N0.ipv4_addr, primary_port: 4010, secondary_port: 4011, metrics_port: 4012 }
    const text = textsOf(planOf({ ...BALANCED, nodes: [N0, shared] })).get('node-n1.yaml')
    expect(text).toMatch(/loadBalancerIP: 52\.1\.2\.3 # .*; shared with n0, which your load balancer must allow/)
  })

  it("is the machine's own network, on the machine that has the address", () => {
    const manifests = manifestsOf(ON_HOSTS)
    expect(manifests.ofKind('Service').map(({ spec }) => spec?.type ?? 'ClusterIP')).not.toContain('LoadBalancer')
    const [, n0, n1] = manifests.ofKind('StatefulSet').map(podOf)
    for (const [pod, machine, primary] of [
      [n0, 'machine-1', 3010],
      [n1, 'machine-2', 4010],
    ] as const) {
      expect(pod?.spec).toMatchObject({
        hostNetwork: true,
        dnsPolicy: 'ClusterFirstWithHostNet',
        nodeSelector: { 'kubernetes.io/hostname': machine },
      })
      expect(
        pod?.container.ports?.map(({ containerPort, hostPort, protocol }) => [containerPort, hostPort, protocol]),
      ).toEqual([
        [primary, primary, 'UDP'],
        [3011, 3011, 'UDP'],
        [3012, 3012, 'TCP'],
      ])
    }
    expect(textsOf(planOf(ON_HOSTS)).get('node-n0.yaml')).toMatch(/# The machine's firewall must keep this one closed/)
  })
})
