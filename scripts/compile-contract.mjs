/**
 * Compiles the development chain's contracts into src/chain/contract/contracts.json (`npm run contract`).
 * `--check` compares instead of writing. The artifact is committed: whoever runs `wcn devnet` has no compiler.
 */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const contractDir = new URL('../src/chain/contract/', import.meta.url)

export const artifactPath = fileURLToPath(new URL('contracts.json', contractDir))

/** Where each contract comes from, and what of it the devnet needs. */
const wanted = [
  { source: 'Cluster.sol', name: 'Cluster', code: 'bytecode' },
  { source: '@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol', name: 'ERC1967Proxy', code: 'bytecode' },
  { source: 'GasPriceOracle.sol', name: 'GasPriceOracle', code: 'deployedBytecode' },
]

/**
 * No metadata hash and no source paths in the output: the same sources and the same solc give the same bytes anywhere.
 */
const settings = {
  evmVersion: 'cancun',
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
}

/**
 * Compiles with the pinned solc; reads imports from node_modules.
 * @returns {{ solc: string, contracts: Record<string, { abi: object[], bytecode?: string, deployedBytecode?: string }> }}
 *   bytecode = creation code without constructor arguments, deployedBytecode = runtime code; 0x-prefixed
 * @throws when the sources do not compile without errors and warnings
 */
export function compileContracts() {
  const solc = require('solc')
  const sources = Object.fromEntries(wanted.map(({ source }) => [source, { content: readSource(source) }]))
  const input = { language: 'Solidity', sources, settings }
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: (path) => importSource(path) }))
  if (output.errors?.length) throw new Error(output.errors.map((e) => e.formattedMessage).join('\n'))

  const contracts = wanted.map(({ source, name, code }) => {
    const { abi, evm } = output.contracts[source][name]
    return [name, { abi, [code]: `0x${evm[code].object}` }]
  })
  return { solc: solc.version(), contracts: Object.fromEntries(contracts) }
}

/** The artifact as it is committed: one line for each ABI entry and each bytecode. */
export function renderArtifact({ solc, contracts }) {
  const body = Object.entries(contracts).map(([name, { abi, ...code }]) => {
    const entries = abi.map((entry) => `        ${JSON.stringify(entry)}`).join(',\n')
    const codes = Object.entries(code).map(([kind, hex]) => `      ${JSON.stringify(kind)}: ${JSON.stringify(hex)}`)
    return `    ${JSON.stringify(name)}: {\n      "abi": [\n${entries}\n      ],\n${codes.join(',\n')}\n    }`
  })
  return `{\n  "solc": ${JSON.stringify(solc)},\n  "contracts": {\n${body.join(',\n')}\n  }\n}\n`
}

/** @returns {string | null} a sentence when the committed text is not what the compiler gives */
export function artifactProblem(committed, compiled) {
  if (committed === renderArtifact(compiled)) return null
  return 'src/chain/contract/contracts.json is not what the sources compile to: run `npm run contract` and commit the result.'
}

function importSource(path) {
  try {
    return { contents: readSource(path) }
  } catch (error) {
    return { error: error.message }
  }
}

function readSource(path) {
  const file = path.startsWith('@') ? require.resolve(path) : new URL(path, contractDir)
  return readFileSync(file, 'utf8')
}

function main(args) {
  const compiled = compileContracts()
  if (!args.includes('--check')) {
    writeFileSync(artifactPath, renderArtifact(compiled))
    return
  }
  const problem = artifactProblem(readFileSync(artifactPath, 'utf8'), compiled)
  if (problem) {
    console.error(problem)
    process.exitCode = 1
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main(process.argv.slice(2))
