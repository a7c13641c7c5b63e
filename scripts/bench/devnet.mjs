// A development chain for one part of the bench.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { wcn } from './processes.mjs'

let started = 0

/** Starts it, hands its settings to `use`, and stops it. They may be changed: the provider's URL to a proxy's. */
export async function onDevnet(folder, args, use) {
  const file = join(folder, `devnet-${++started}.env`)
  await wcn(['devnet', 'up', '--detach', '--chain-only', '--out', file, ...args])
  try {
    return await use(parseEnv(readFileSync(file, 'utf8')))
  } finally {
    await wcn(['devnet', 'down', '--out', file])
  }
}
