/** No secret is left of either text, whatever notation it stands in; what changed still shows as changed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Document, Scalar, stringify } from 'yaml'
import { DIALECTS, encodeEnvFile } from '../../../src/core/config/dialects.js'
import { hideSecrets } from '../../../src/core/config/hide-secrets.js'

const NAMES = [
  'SECRET_KEY',
  'SMART_CONTRACT_ENCRYPTION_KEY',
  'SMART_CONTRACT_SIGNER_PRIVATE_KEY',
  'RPC_PROVIDER_URL',
  'WCN_OPERATOR_PRIVATE_KEY',
  'secret_key',
] as const

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((all) => Buffer.from(all))
const base64 = bytes.map((all) => all.toString('base64'))
const hex = fc.tuple(bytes, fc.boolean()).map(([all, prefixed]) => `${prefixed ? '0x' : ''}${all.toString('hex')}`)
const key = fc.oneof(base64, hex)
const token = fc.string({ unit: fc.constantFrom(...'abcXYZ0189-_~.%$'), minLength: 12, maxLength: 60 })
const url = fc
  .tuple(token, token)
  .map(([user, path]) => `wss://${user}:x@rpc.example.com/v2/${path}?key=${path}#${path}`)
const anything = fc
  .string({ unit: 'grapheme-ascii', minLength: 12, maxLength: 120 })
  .filter((text) => /^\w.*\w{6}/.test(text) && !/ ( |-|#|$)/.test(text))
const secret = fc.oneof(key, url, token, anything)

const FORMS: readonly ((name: string, value: Scalar) => unknown)[] = [
  (name, value) => ({ data: { [name]: value, other: 1 } }),
  (name, value) => ({
    env: [
      { name, value },
      { name: 'OTHER', value: 1 },
    ],
  }),
  (name, value) => ({
    env: [
      { value, name },
      { value: 1, name: 'OTHER' },
    ],
  }),
]

/** How people write a variable down, here and there. */
const NOTATIONS: readonly ((name: string, value: string) => string)[] = [
  (name, value) => `${name}=${value}`,
  (name, value) => `export ${name}='${value}'`,
  (name, value) => `  set -x ${name} ${value}`,
  (name, value) => `# ${name}=${value}`,
  (name, value) => `#${name}: ${value} # old`,
  (name, value) => `${name} = ${JSON.stringify(value)} # from a file`,
  (name, value) => `Environment="A=1" "${name}=${value}"`,
  (name, value) => `      - ${name}=${value}`,
  (name, value) => `docker run -e ${name}=${value} image`,
  (name, value) => JSON.stringify({ [name]: value }),
  (name, value) =>
    JSON.stringify([
      { name, value },
      { value, name },
    ]),
  (name, value) => JSON.stringify({ value, name }),
  (name, value) =>
    JSON.stringify(
      {
        env: [
          { name, value },
          { value, name },
        ],
      },
      null,
      2,
    ),
  (name, value) => stringify({ stringData: { [name]: value } }),
  (name, value) => stringify([`${name}=${value}`], { lineWidth: 60 }),
  (name, value) => stringify({ data: { [name]: Buffer.from(value).toString('base64') } }),
  (name, value) =>
    stringify({
      env: [
        { name, value },
        { value, name },
      ],
    }),
  ...(['BLOCK_LITERAL', 'BLOCK_FOLDED', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'PLAIN'] as const).flatMap((type) =>
    [{ lineWidth: 24, minContentWidth: 0 }, { lineWidth: 0 }].flatMap((options) =>
      FORMS.map((form) => (name: string, value: string) => {
        const scalar = new Scalar(value)
        scalar.type = type
        return new Document(form(name, scalar)).toString(options)
      }),
    ),
  ),
  (name, value) => `${name}="${value.replace(/[\\"]/g, '').replace(/(.{8})/g, '$1\n')}"`,
  (name, value) => `${name}=${value.replace(/(.{8})/g, '$1\\\n')}`,
  (name, value) => `${name}=${value}`.replaceAll('\n', '\r\n'),
]

/** Whatever eight characters of it in a row that could not be there by chance. */
function remains(secretText: string, shown: string): boolean {
  const parts = [...Array(Math.max(0, secretText.length - 7)).keys()].map((i) => secretText.slice(i, i + 8))
  return parts.some((part) => /\w{6}/.test(part) && shown.includes(part))
}

const HARMLESS = 'PRIMARY_RPC_SERVER_PORT=3010\nROCKSDB_DIR=/wcn/rocksdb\n'

describe('a secret', () => {
  it.each(NOTATIONS.map((notation, i) => [i, notation('NAME', 'VALUE').trim().split('\n')[0], notation] as const))(
    'is hidden in notation %i, %s',
    (_, __, notation) => {
      fc.assert(
        fc.property(fc.constantFrom(...NAMES), secret, secret, (name, old, now) => {
          fc.pre(old !== now && !remains(old, HARMLESS) && !remains(now, HARMLESS))
          const { before, after } = hideSecrets(
            `${HARMLESS}${notation(name, old)}\n${HARMLESS}`,
            `${HARMLESS}${encodeEnvFile('env', new Map([[name, now.trim()]]))}${HARMLESS}`,
          )
          expect(remains(old, before), before).toBe(false)
          expect(remains(now, after), after).toBe(false)
          expect(before.split('\n')).toHaveLength(`${HARMLESS}${notation(name, old)}\n${HARMLESS}`.split('\n').length)
        }),
        { numRuns: 50 },
      )
    },
  )

  it('that was changed still shows as changed, and one that was not does not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...DIALECTS), secret, secret, (dialect, a, b) => {
        const [old, now] = [a, b].map((text) => text.replaceAll("'", '').replace(/\\$/, '').trim())
        fc.pre(old !== now)
        const texts = [old, now].map((value) => encodeEnvFile(dialect, new Map([['SECRET_KEY', value ?? '']])))
        const [before = '', after = ''] = texts
        const hidden = hideSecrets(before, after)
        expect(hidden.before).not.toBe(hidden.after)
        const same = hideSecrets(before, before)
        expect(same.before).toBe(same.after)
      }),
    )
  })

  it('is hidden where it stands without its name', () => {
    fc.assert(
      fc.property(key, fc.constantFrom('OTHER=', '# ', '  ', '"', 'x: ', '-e '), (value, lead) => {
        expect(remains(value, hideSecrets(`${lead}${value}\n`, '').before)).toBe(false)
      }),
    )
    const { before } = hideSecrets(
      'OLD=wss://me:pass-word-1@rpc.example.com/v2/token-1234567\nSEE=https://example.com?key=token-7654321\n',
      '',
    )
    expect(before).toBe('OLD=wss://(hidden 1)@rpc.example.com(hidden 2)\nSEE=https://example.com(hidden 3)\n')
  })

  it('is hidden elsewhere once it is known', () => {
    const { before } = hideSecrets("# was hunter2-hunter2 once\nDB_PASSWORD='hunter2-hunter2' # mine\n", '')
    expect(before).toBe('# was (hidden 1) once\nDB_PASSWORD=(hidden 2)\n')
  })
})

describe('everything else', () => {
  it('after a comment about a secret is shown', () => {
    const { before } = hideSecrets('# SECRET_KEY="old\n    A=1\n', '')
    expect(before).toBe('# SECRET_KEY=(hidden 1)\n    A=1\n')
  })

  it('stays as it is', () => {
    const text = [
      '# wcn_node_n0: holds secrets, keep it at mode 0600.',
      '# ------------------------------------------------------',
      'DATABASE_PEER_ID=12D3KooWJ3mcQy8qyZmmKQ1UJh1kzVnFZJ6Qv6F1nY4zLh6sY9oW',
      'SMART_CONTRACT_ADDRESS=0x95222290DD7278Aa3Ddd389Cc1E1d165CC4BAfe5',
      'image: ghcr.io/walletconnect/wcn-node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      'image: "wss://rpc.example.com:443/"',
      '            - name: SECRET_KEY',
      '              valueFrom:',
      '                secretKeyRef:',
      '                  key: SECRET_KEY',
      '                  name: wcn-node-n0',
      '            - name: PUBLIC_ADDRESS',
      '              value: 52.1.2.3',
      'automountServiceAccountToken: false',
      "it's: fine \t",
      '\r',
    ].join('\n')
    expect(hideSecrets(text, text)).toEqual({ before: text, after: text })
  })

  it('of our own comments too, though they name secrets', () => {
    const ours = '# RPC_PROVIDER_URL: rpc_url in deployment.yaml\nRPC_PROVIDER_URL=x\n'
    const old = '# RPC_PROVIDER_URL: rpc_url in old.yaml\nRPC_PROVIDER_URL=x\n'
    expect(hideSecrets(old, ours).after).toBe(
      '# RPC_PROVIDER_URL: rpc_url in deployment.yaml\nRPC_PROVIDER_URL=(hidden 2)\n',
    )
    expect(hideSecrets(old, ours, true).before).toBe(
      '# RPC_PROVIDER_URL: rpc_url in old.yaml\nRPC_PROVIDER_URL=(hidden 1)\n',
    )
    expect(hideSecrets(old, ours).before).toBe('# RPC_PROVIDER_URL: (hidden 1)\nRPC_PROVIDER_URL=(hidden 2)\n')
  })
})

it.each([
  ['letters', 'A'.repeat(120_000)],
  ['brackets', `SECRET_KEY=${')'.repeat(120_000)}x`],
  ['spaces', `name${' '.repeat(120_000)}x`],
  ['dashes', 'a-'.repeat(60_000)],
  ['names', 'name: SECRET_KEY\n'.repeat(7_000)],
  ['secrets', [...Array(6_000).keys()].map((i) => `SECRET_KEY=${10_000_000 + i}\n`).join('')],
])('does not take for ever over endless %s', (_, text) => {
  expect(hideSecrets(text, text).before).toHaveLength(hideSecrets(text, text).after.length)
})
