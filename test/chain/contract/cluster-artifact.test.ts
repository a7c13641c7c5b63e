/** Artifacts of a cluster contract as compilers write them, and what is none. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseArtifact } from '../../../src/chain/contract/cluster-artifact.js'
import { WcnError } from '../../../src/errors/wcn-error.js'

interface Artifact {
  readonly abi: readonly { readonly type: string; readonly name?: string; readonly inputs: readonly object[] }[]
  readonly bytecode: string
}
const { contracts } = JSON.parse(
  readFileSync(new URL('../../../src/chain/contract/contracts.json', import.meta.url), 'utf8'),
) as { readonly contracts: { readonly Cluster: Artifact; readonly ERC1967Proxy: Artifact } }
const { Cluster, ERC1967Proxy } = contracts
const parse = (artifact: unknown) => parseArtifact(JSON.stringify(artifact), 'Cluster.json')

it('is read as hardhat, foundry and solc write it, and known by the hash of its bytecode', () => {
  const { bytecode, hash } = parse(Cluster)
  expect(bytecode).toBe(Cluster.bytecode)
  expect(hash).toMatch(/^0x[0-9a-f]{64}$/)
  expect(parse({ abi: Cluster.abi, bytecode: { object: bytecode, linkReferences: {} } })).toEqual({ bytecode, hash })
  expect(parse({ abi: Cluster.abi, bytecode: bytecode.slice(2) })).toEqual({ bytecode, hash })
})

it.each<[string, unknown, string, string]>([
  ['another contract', ERC1967Proxy, 'CLUSTER_INVALID', 'is no cluster contract: it lacks "initialize"'],
  [
    'one without a function that is called',
    { ...Cluster, abi: Cluster.abi.filter(({ name }) => name !== 'setMaintenance') },
    'CLUSTER_INVALID',
    'it lacks "setMaintenance", or has them with other parameters',
  ],
  [
    'one without an event that is read',
    { ...Cluster, abi: Cluster.abi.filter(({ name }) => name !== 'MigrationAborted') },
    'CLUSTER_INVALID',
    'it lacks "MigrationAborted"',
  ],
  [
    'one whose view has another shape',
    { ...Cluster, abi: Cluster.abi.map((item) => (item.name === 'getView' ? { ...item, outputs: [] } : item)) },
    'CLUSTER_INVALID',
    'it lacks "getView"',
  ],
  [
    'one with a constructor that takes arguments',
    {
      ...Cluster,
      abi: Cluster.abi.map((item) => (item.type === 'constructor' ? { ...item, inputs: [{ type: 'address' }] } : item)),
    },
    'CLUSTER_INVALID',
    'its constructor takes arguments',
  ],
  ['an interface', { abi: Cluster.abi, bytecode: '0x' }, 'DOCUMENT_INVALID', 'is it an interface'],
  ['bytecode without its libraries', { abi: Cluster.abi, bytecode: '0x60__$ab$__' }, 'DOCUMENT_INVALID', 'not linked'],
  ['no bytecode', { abi: Cluster.abi }, 'DOCUMENT_INVALID', 'has no bytecode'],
  ['no abi', { bytecode: '0x60' }, 'DOCUMENT_INVALID', 'has no abi'],
  ['a list', [], 'DOCUMENT_INVALID', 'has no abi'],
])('is not %s', (_, artifact, code, sentence) => {
  expect(() => parse(artifact)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(sentence) }))
})

it('is anything at all, and nothing but a sentence comes of it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.record({ abi: fc.array(fc.anything()), bytecode: fc.string() }).map((value) => {
      try {
        return JSON.stringify(value)
      } catch {
        return ''
      }
    }),
  )
  fc.assert(
    fc.property(text, (one) => {
      expect(() => parseArtifact(one, 'x.json')).toThrow(WcnError)
    }),
  )
})
