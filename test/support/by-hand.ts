/** Deployments as operators write them by hand, in the forms that are usual: all of them are correct. */
import { CONTRACT, databaseKey, ENCRYPTION_KEY, nodeKeys, OPERATOR_KEY, RPC_URL, secretOf } from './deployment.js'

export type Tree = Readonly<Record<string, string>>

const [KEY_A, KEY_B] = [secretOf(nodeKeys[0]), secretOf(nodeKeys[1])]
const DB_KEY = secretOf(databaseKey)
const DB_ID = databaseKey.peerId

const SHARED = [
  ['DATABASE_RPC_SERVER_ADDRESS', '10.0.10.5'],
  ['DATABASE_PEER_ID', DB_ID],
  ['DATABASE_PRIMARY_RPC_SERVER_PORT', '3000'],
  ['DATABASE_SECONDARY_RPC_SERVER_PORT', '3001'],
  ['SMART_CONTRACT_ADDRESS', CONTRACT],
  ['SMART_CONTRACT_ENCRYPTION_KEY', ENCRYPTION_KEY],
  ['RPC_PROVIDER_URL', RPC_URL],
] as const
const ports = (first: number) =>
  [
    ['PRIMARY_RPC_SERVER_PORT', String(first)],
    ['SECONDARY_RPC_SERVER_PORT', String(first + 1)],
    ['METRICS_SERVER_PORT', String(first + 2)],
  ] as const
const SIGNER = ['SMART_CONTRACT_SIGNER_PRIVATE_KEY', OPERATOR_KEY] as const

type Pairs = readonly (readonly [string, string])[]
const DB: Pairs = [['SECRET_KEY', DB_KEY], ...ports(3000), ['ROCKSDB_DIR', '/wcn/rocksdb']]
const ownOf = (key: string, first: number): Pairs => [['SECRET_KEY', key], ...ports(first)]
const nodeOf = (key: string, first: number): Pairs => [...ownOf(key, first), ...SHARED]
const A: Pairs = [...nodeOf(KEY_A, 3010), SIGNER]
const B = nodeOf(KEY_B, 3020)

const plain = (pairs: Pairs) => pairs.map(([name, value]) => `${name}=${value}\n`).join('')
const indented = (pairs: Pairs, by: number, put: (name: string, value: string) => string) =>
  pairs.map(([name, value]) => `${' '.repeat(by)}${put(name, value)}\n`).join('')
const mapping = (pairs: Pairs, by: number) => indented(pairs, by, (name, value) => `${name}: "${value}"`)
const list = (pairs: Pairs, by: number) => indented(pairs, by, (name, value) => `- ${name}=${value}`)
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** The onboarding document with its comments, some of them moved to the ends of the lines. */
const asInTheDocument = (pairs: Pairs) =>
  `# Secret key of this Node (\`secret_key\` you previously generated via \`key generate\` command).\n${pairs
    .map(([name, value]) =>
      /PORT$/.test(name)
        ? `export ${name}=${value}  # ${name.startsWith('METRICS') ? 'TCP' : 'UDP'}\n`
        : `\n# It's "this" one; see $HOME/notes.\nexport ${name}="${value}" # from WalletConnect's mail\n`,
    )
    .join('')}`

const DB_IMAGE = 'ghcr.io/walletconnect/wcn-db:260209.1'
const NODE_IMAGE = 'ghcr.io/walletconnect/wcn-node:260209.1'
const NETWORKS = `networks:
  private:
    internal: true
    ipam:
      config:
        - subnet: 10.0.10.0/24
  public: {}
`
const DB_NETWORK = `    networks:
      private:
        ipv4_address: 10.0.10.5
`
const NODE_NETWORKS = '    networks: [private, public]\n'
const nodePorts = (first: number) => `    ports:
      - "${first}:${first}/udp"
      - "${first + 1}:${first + 1}/udp"
      - "127.0.0.1:${first + 2}:${first + 2}"
`
const printedPorts = (first: number) =>
  [
    { target: first, published: String(first), protocol: 'udp' },
    { target: first + 1, published: String(first + 1), protocol: 'udp' },
    { host_ip: '127.0.0.1', target: first + 2, published: String(first + 2), protocol: 'tcp' },
  ]
    .map((port) => `      - ${JSON.stringify({ mode: 'ingress', ...port })}\n`)
    .join('')

const container = (name: string, image: string, env: string, openPorts: string) => `        - name: ${name}
          image: ${image}
${env}${openPorts}`
const workload = (kind: string, name: string, strategy: string, pod: string, more = '') => `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
  labels: {app: ${name}}
spec:
${kind === 'DaemonSet' ? '' : '  replicas: 1\n'}${strategy}  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels: {app: ${name}}
    spec:
${more}      containers:
${pod}`
const loadBalancer = (name: string, first: number) => `---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  type: LoadBalancer
  selector: {app: ${name}}
  ports:
    - {name: primary, protocol: UDP, port: ${first}, targetPort: ${first}}
    - {name: secondary, protocol: UDP, port: ${first + 1}, targetPort: ${first + 1}}
`
const RECREATE = '  strategy: {type: Recreate}\n'
const secret = (name: string, pairs: Pairs) => `apiVersion: v1
kind: Secret
metadata:
  name: ${name}
type: Opaque
data:
${pairs.map(([key, value]) => `  ${key}: ${base64(value)}\n`).join('')}`
const configMap = (name: string, pairs: Pairs) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data:
${mapping(pairs, 2)}`
const fromSecret = (...names: readonly string[]) =>
  `          envFrom:\n${names.map((name) => `            - ${name.startsWith('wcn-common') ? 'configMapRef' : 'secretRef'}: {name: ${name}}\n`).join('')}`
const isSecret = ([name]: readonly [string, string]) => /KEY|URL/.test(name)
const PUBLIC = SHARED.filter((pair) => !isSecret(pair))
const PRIVATE = SHARED.filter(isSecret)
const envList = (pairs: Pairs) =>
  `          env:\n${pairs.map(([name, value]) => `            - name: ${name}\n              value: "${value}"\n`).join('')}`

const unit = (service: string, binary: string, more = '') => `[Unit]
Description=${service}
After=network-online.target

[Service]
${more}ExecStart=/usr/local/bin/${binary}
Restart=always

[Install]
WantedBy=multi-user.target
`
/** \`Environment="A=b" "C=d"\`, two to a line. */
const environment = (pairs: Pairs) =>
  pairs
    .map(
      ([name, value], i) =>
        `${i % 2 === 0 ? 'Environment=' : ' '}"${name}=${value}"${i % 2 === 0 && i + 1 < pairs.length ? '' : '\n'}`,
    )
    .join('')

const dockerRun = (name: string, image: string, options: string) => `#!/bin/sh
set -eu
cd "$(dirname "$0")"
docker rm --force ${name} >/dev/null 2>&1 || true
exec docker run -d --name ${name} --restart unless-stopped \\
${options}  ${image}
`

export const VALUES = { KEY_A, KEY_B, DB_KEY, DB_ID } as const

export const FORMS = {
  'the onboarding document, once for each service': {
    'db.env': asInTheDocument(DB),
    'node-a.env': asInTheDocument(A),
    'node-b.env': asInTheDocument(B),
  },
  'plain lines': { 'db.env': plain(DB), 'node-a.env': plain(A), 'node-b.env': plain(B) },
  'a .env in a folder for each': { 'db/.env': plain(DB), 'node-a/.env': plain(A), 'node-b/.env': plain(B) },
  'scripts that export and exec': {
    'start-db.sh': `#!/bin/bash\nset -e\n${asInTheDocument(DB)}exec /usr/local/bin/wcn_db\n`,
    'start-node-a.sh': `#!/bin/bash\nset -e\n${asInTheDocument(A)}exec /usr/local/bin/wcn_node\n`,
    'start-node-b.sh': `#!/bin/bash\nset -e\n${asInTheDocument(B)}exec /usr/local/bin/wcn_node >> /var/log/wcn/node-b.log 2>&1\n`,
  },
  'compose with a shared env file and one of each': {
    'compose.yaml': `services:
  db:
    image: ${DB_IMAGE}
    env_file: db.env
    expose: ["3000/udp", "3001/udp"]
    volumes: [data:/wcn]
${DB_NETWORK}  node-a:
    image: ${NODE_IMAGE}
    env_file:
      - common.env
      - node-a.env
${nodePorts(3010)}${NODE_NETWORKS}  node-b:
    image: ${NODE_IMAGE}
    env_file:
      - common.env
      - path: node-b.env
        required: true
${nodePorts(3020)}${NODE_NETWORKS}${NETWORKS}volumes: {data: {}}
`,
    'db.env': plain(DB),
    'common.env': `# of both nodes\n${plain(SHARED)}`,
    'node-a.env': plain([...ownOf(KEY_A, 3010), SIGNER]),
    'node-b.env': plain(ownOf(KEY_B, 3020)),
  },
  'compose with a .env beside it': {
    'docker-compose.yml': `version: "3.9"
services:
  wcn-db:
    image: ${DB_IMAGE}
    environment:
      SECRET_KEY: \${SECRET_KEY_DB}
${mapping(DB.slice(1), 6)}${DB_NETWORK}  wcn-node-a:
    image: ${NODE_IMAGE}
    environment:
      SECRET_KEY: \${SECRET_KEY_A}
      SMART_CONTRACT_SIGNER_PRIVATE_KEY: \${OPERATOR_KEY:?missing}
      SMART_CONTRACT_ENCRYPTION_KEY: \${ENCRYPTION_KEY}
      RPC_PROVIDER_URL: \${RPC_URL}
${mapping(
  A.filter((pair) => !isSecret(pair)),
  6,
)}${nodePorts(3010)}${NODE_NETWORKS}  wcn-node-b:
    image: ${NODE_IMAGE}
    environment:
      SECRET_KEY: \${SECRET_KEY_B}
      SMART_CONTRACT_ENCRYPTION_KEY: \${ENCRYPTION_KEY}
      RPC_PROVIDER_URL: \${RPC_URL}
${mapping(
  B.filter((pair) => !isSecret(pair)),
  6,
)}${nodePorts(3020)}${NODE_NETWORKS}${NETWORKS}`,
    '.env': plain([
      ['SECRET_KEY_DB', DB_KEY],
      ['SECRET_KEY_A', KEY_A],
      ['SECRET_KEY_B', KEY_B],
      ['OPERATOR_KEY', OPERATOR_KEY],
      ['ENCRYPTION_KEY', ENCRYPTION_KEY],
      ['RPC_URL', RPC_URL],
    ]),
  },
  'compose with lists': {
    'compose.yml': `services:
  database:
    image: ${DB_IMAGE}
    environment:
${list(DB, 6)}${DB_NETWORK}  node-a:
    image: ${NODE_IMAGE}
    environment:
${list(A, 6)}${nodePorts(3010)}${NODE_NETWORKS}  node-b:
    image: ${NODE_IMAGE}
    environment:
${list(B, 6)}${nodePorts(3020)}${NODE_NETWORKS}${NETWORKS}`,
  },
  'compose with anchors, ranges and a mirrored image': {
    'compose.yaml': `x-node: &node
  image: registry.example.com:5000/mirror/wcn/node@sha256:${'ab'.repeat(32)}
  restart: unless-stopped
  networks: [private, public]
x-env: &env
${mapping(SHARED, 2)}services:
  store:
    build: ./db
    environment:
${mapping(DB, 6)}${DB_NETWORK}  one:
    <<: *node
    environment:
      <<: *env
${mapping([...ownOf(KEY_A, 3010), SIGNER], 6)}    ports: ["3010-3011:3010-3011/udp", "127.0.0.1:3012:3012/tcp"]
  two:
    <<: [*node]
    environment:
      <<: *env
${mapping(ownOf(KEY_B, 3020), 6)}    ports: ["198.51.100.7:3020-3021:3020-3021/udp", "[::]:3020-3021:3020-3021/udp"]
  grafana:
    image: grafana/grafana:latest
    environment: {GF_SECURITY_ADMIN_PASSWORD: admin}
    ports: ["3000:3000"]
${NETWORKS}`,
  },
  'compose in the network of the host': {
    'compose.yaml': `services:
  wcn_db:
    image: ${DB_IMAGE}
    env_file: [db.env]
    network_mode: bridge
    ports:
      - target: 3000
        published: "3000"
        host_ip: 10.0.10.5
        protocol: udp
        mode: host
  node-a: {image: "${NODE_IMAGE}", env_file: [node-a.env], network_mode: host}
  node-b: {image: "${NODE_IMAGE}", env_file: [node-b.env], network_mode: host}
`
      .replace(/ {4}network_mode: bridge\n[\s\S]*?mode: host\n/, DB_NETWORK)
      .concat(NETWORKS),
    'db.env': plain(DB),
    'node-a.env': plain(A),
    'node-b.env': plain(B),
  },
  'units with Environment=': {
    'wcn-db.service': unit('database', 'wcn_db', environment(DB)),
    'wcn-node-a.service': unit('node a', 'wcn_node', environment(A)),
    'wcn-node-b.service': unit('node b', 'wcn_node', environment(B)),
  },
  'units with drop-ins': {
    'wcn_db.service': unit('database', 'wcn_db'),
    'wcn_db.service.d/10-env.conf': `[Service]\n${environment(DB)}`,
    'node-a.service': unit('a', 'wcn_node', 'EnvironmentFile=-/etc/default/wcn-extra\n'),
    'node-a.service.d/10-env.conf': `[Service]\n${DB.length > 0 ? environment(nodeOf(KEY_A, 3010)) : ''}`,
    'node-a.service.d/20-primary.conf': `[Service]\nEnvironment=${SIGNER.join('=')}\n`,
    'node-b.service': unit('b', 'wcn_node'),
    'node-b.service.d/override.conf': `[Service]\n${environment(B)}`,
  },
  'a template unit with a file for each instance': {
    'wcn_db.service': unit('database', 'wcn_db', 'EnvironmentFile=/etc/wcn/db.env\n'),
    'wcn_node@.service': unit(
      'node %i',
      'wcn_node',
      'EnvironmentFile=/etc/wcn/common.env\nEnvironmentFile=/etc/wcn/node-%i.env\n',
    ),
    'db.env': plain(DB),
    'common.env': plain(SHARED),
    'node-a.env': plain([...ownOf(KEY_A, 3010), SIGNER]),
    'node-b.env': plain(ownOf(KEY_B, 3020)),
  },
  'Deployments with Secrets and a ConfigMap': {
    'db.yaml': `${workload('StatefulSet', 'wcn-db', '', container('db', DB_IMAGE, fromSecret('wcn-db'), ''))}---
apiVersion: v1
kind: Service
metadata: {name: wcn-db}
spec:
  clusterIP: 10.0.10.5
  selector: {app: wcn-db}
  ports:
    - {name: primary, protocol: UDP, port: 3000}
    - {name: secondary, protocol: UDP, port: 3001}
`,
    'node-a.yaml': `${workload('Deployment', 'node-a', RECREATE, container('node', NODE_IMAGE, fromSecret('wcn-common', 'wcn-shared', 'node-a'), ''))}${loadBalancer('node-a', 3010)}`,
    'node-b.yaml': `${workload('Deployment', 'node-b', '  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}\n', container('node', NODE_IMAGE, fromSecret('wcn-common', 'wcn-shared', 'node-b'), ''))}${loadBalancer('node-b', 3020)}`,
    'config.yaml': configMap('wcn-common', PUBLIC),
    'secrets.yaml': [
      secret('wcn-db', DB),
      secret('wcn-shared', PRIVATE),
      secret('node-a', [...ownOf(KEY_A, 3010), SIGNER]),
      secret('node-b', ownOf(KEY_B, 3020)),
    ].join('---\n'),
  },
  'Deployments whose Secrets are sealed': {
    'node-a.yaml': workload(
      'Deployment',
      'node-a',
      RECREATE,
      container('node', NODE_IMAGE, fromSecret('wcn-common', 'node-a'), ''),
    ),
    'node-b.yaml': workload(
      'Deployment',
      'node-b',
      RECREATE,
      container('node', NODE_IMAGE, fromSecret('wcn-common', 'node-b'), ''),
    ),
    'config.yaml': configMap('wcn-common', PUBLIC),
    'sealed.yaml': ['node-a', 'node-b']
      .map(
        (name) => `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: ${name}}
spec:
  encryptedData:
    SECRET_KEY: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq
`,
      )
      .join('---\n'),
  },
  'Deployments with external secrets': {
    'node-a.yaml': workload(
      'Deployment',
      'node-a',
      RECREATE,
      container(
        'node',
        NODE_IMAGE,
        `${envList([...ports(3010), ...PUBLIC])}${['SECRET_KEY', 'SMART_CONTRACT_ENCRYPTION_KEY', 'RPC_PROVIDER_URL', 'SMART_CONTRACT_SIGNER_PRIVATE_KEY'].map((name) => `            - name: ${name}\n              valueFrom: {secretKeyRef: {name: node-a, key: ${name.toLowerCase()}}}\n`).join('')}`,
        '',
      ),
    ),
    'secret.yaml': `apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: {name: node-a}
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  target: {name: node-a}
  dataFrom: [{extract: {key: wcn/node-a}}]
`,
  },
  'DaemonSets in the network of their hosts': {
    'nodes.yaml': [
      workload(
        'DaemonSet',
        'node-a',
        '',
        container('node', NODE_IMAGE, envList(A), ''),
        '      hostNetwork: true\n      nodeSelector: {kubernetes.io/hostname: east}\n',
      ),
      workload(
        'DaemonSet',
        'node-b',
        '',
        container('node', NODE_IMAGE, envList(B), ''),
        '      hostNetwork: true\n      nodeSelector: {kubernetes.io/hostname: west}\n',
      ),
    ].join('---\n'),
  },
  'compose as it prints what files become': {
    'compose.yaml': `name: wcn
services:
  db:
    build: {context: /srv/wcn, dockerfile: Dockerfile}
    environment:
${mapping(DB, 6)}    networks:
      private:
        ipv4_address: 10.0.10.5
  node-a:
    environment:
${mapping(A, 6)}    image: ${NODE_IMAGE}
    networks:
      private: null
      public: null
    ports:
${printedPorts(3010)}  node-b:
    environment:
${mapping(B, 6)}    image: ${NODE_IMAGE}
    networks:
      private: null
      public: null
    ports:
${printedPorts(3020)}networks:
  private:
    name: wcn_private
    ipam:
      config:
        - subnet: 10.0.10.0/24
    internal: true
  public:
    name: wcn_public
`,
  },
} as const satisfies Readonly<Record<string, Tree>>

export type Form = keyof typeof FORMS

/** Correct as well, in forms that only other programs can put together. */
export const APART = {
  'compose in several files': {
    'docker-compose.yml': `services:
  db:
    build: .
    env_file: db.env
${DB_NETWORK}  node-a:
    build: {context: ., target: wcn_node}
    env_file: [common.env, node-a.env]
${NODE_NETWORKS}  node-b:
    extends: {service: node-a}
    env_file: [node-b.env]
${NETWORKS}`,
    'docker-compose.override.yml': `services:
  node-a:
${nodePorts(3010)}    environment:
      SMART_CONTRACT_SIGNER_PRIVATE_KEY: "${OPERATOR_KEY}"
  node-b:
${nodePorts(3020)}`,
    'db.env': plain(DB),
    'common.env': plain(SHARED),
    'node-a.env': plain(ownOf(KEY_A, 3010)),
    'node-b.env': plain(ownOf(KEY_B, 3020)),
  },
  'scripts with docker run': {
    'run-db.sh': dockerRun(
      'wcn_db',
      DB_IMAGE,
      '  --network wcn --ip 10.0.10.5 --env-file db.env -v wcn_data:/wcn \\\n',
    ),
    'run-node-a.sh': dockerRun(
      'node-a',
      NODE_IMAGE,
      '  --network wcn --env-file node-a.env \\\n  -p 3010:3010/udp -p 3011:3011/udp -p 127.0.0.1:3012:3012 \\\n',
    ),
    'run-node-b.sh': dockerRun('node-b', NODE_IMAGE, '  --network=host --env-file=node-b.env \\\n'),
    'db.env': plain(DB),
    'node-a.env': plain(A),
    'node-b.env': plain(B),
  },
  'a script with docker run and its options': {
    'run.sh': `#!/usr/bin/env bash
set -euo pipefail
KEY_A="${KEY_A}"
export SECRET_KEY='${KEY_B}'
# docker run wcn_node:latest would be another version
docker run -d --restart=always --name wcn_db -v wcn_node:/wcn --network wcn_node_net --ip 10.0.10.5 \\
${DB.map(([name, value]) => `  -e ${name}=${value} \\\n`).join('')}  ${DB_IMAGE}
docker run -dit --rm --name node-a --network wcn_node_net -p3010:3010/udp --publish=3011:3011/udp \\
  -e "SECRET_KEY=$KEY_A" -e ${SIGNER.join('=')} --label com.example.image=wcn_db:latest \\
${[...ports(3010), ...SHARED].map(([name, value]) => `  --env ${name}=${value} \\\n`).join('')}  ${NODE_IMAGE} > /dev/null
docker run --detach --name node-b --network host -e SECRET_KEY \\
${[...ports(3020), ...SHARED].map(([name, value]) => `  --env='${name}=${value}' \\\n`).join('')}  ${NODE_IMAGE} && echo started
`,
  },
  'units that run containers': {
    'wcn-db.service': unit(
      'database',
      `docker run --rm --name wcn_node_db --network wcn-node --ip 10.0.10.5 --env-file /etc/wcn/wcn_node_db.env -v /var/lib/wcn_node:/wcn ${DB_IMAGE}`,
    ),
    'node-a.service': unit(
      'a',
      `podman run --rm --replace --name %p --sdnotify=conmon --network=host \\\n  --env-file /etc/wcn/node-a.env ${NODE_IMAGE}`,
    ),
    'node-b.service': unit(
      'b',
      `docker run --rm --name node-b --network=host \\\n${nodeOf(KEY_B, 3020)
        .map(([name]) => `  -e ${name}=\${${name}} \\\n`)
        .join('')}  ${NODE_IMAGE}`,
      environment(nodeOf(KEY_B, 3020)),
    ),
    'wcn_node_db.env': plain(DB),
    'node-a.env': plain(A),
  },
  'a kustomize base with overlays': {
    'base/kustomization.yaml': 'resources: [node.yaml]\n',
    'base/node.yaml': workload(
      'StatefulSet',
      'wcn-node',
      '',
      container('node', 'wcn-node', fromSecret('wcn-node'), ''),
    ),
    'overlays/eu/kustomization.yaml': `namespace: eu
resources: [../../base]
images: [{name: wcn-node, newName: ghcr.io/walletconnect/wcn-node, newTag: "260209.1"}]
secretGenerator:
  - name: wcn-node
    envs: [node.env]
`,
    'overlays/eu/node.env': plain(A),
  },
} as const satisfies Readonly<Record<string, Tree>>
