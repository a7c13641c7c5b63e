// Test nodes on loopback, many to a process: what `nodes check` and `doctor` look at in the bench.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Whether the addon was installed. */
export function hasAddon() {
  const folder = join(root, 'node_modules/@chainsafe')
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('libp2p-quic-'))
}

/**
 * Starts nodes that show this development chain's cluster, in so many processes; `own` writes them into the data of the
 * first operator before they serve. Gives the nodes, as files name their fields, the secret key of the first one, what ends
 * them, and with `perOperator` nodes each what to store for their operators, and what has them read the cluster anew.
 */
export async function nodeFleet(env, { count, processes, own = false, perOperator = 0, folder }) {
  const program = join(folder, 'fleet-program.mjs')
  await build({
    entryPoints: [join(root, 'scripts/bench/fleet-program.mjs')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // It is far from node_modules, and from the vectors of the tests.
    define: {
      'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'test/support/stand-ins.ts'))),
    },
    banner: {
      js: `import { createRequire as requireFrom } from 'node:module';const require = requireFrom(${JSON.stringify(import.meta.url)});`,
    },
    logLevel: 'warning',
  })
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, [program, JSON.stringify({ count: Math.ceil(count / processes), own, perOperator })], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
  const stop = () => {
    for (const child of children) child.kill('SIGKILL')
  }
  try {
    const outputs = children.map(linesOf)
    const told = (await Promise.all(outputs.map((next) => next()))).map((line) => JSON.parse(line))
    const readAnew = async () => {
      for (const child of children) child.stdin.write('\n')
      await Promise.all(outputs.map((next) => next()))
    }
    return {
      nodes: told.flatMap(({ nodes }) => nodes),
      operators: told.flatMap(({ operators }) => operators),
      ...{ secretKey: told[0].secretKey, readAnew, stop },
    }
  } catch (error) {
    stop()
    throw error
  }
}

/** The next line of its output each time it is called. */
function linesOf(child) {
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`test nodes ended with ${child.exitCode}`)
    return value
  }
}
