// Files that others wrote, checked: as much as a folder may hold.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { wcn } from './processes.mjs'
import { ms, row } from './table.mjs'

/** What one file may have: a little less than 256 KiB. */
const CHARACTERS = 260_000
const COMPOSE_FILES = 40

export async function manyFiles(folder) {
  const directory = join(folder, 'compose')
  mkdirSync(directory)
  for (let file = 0; file < COMPOSE_FILES; file++)
    writeFileSync(join(directory, `compose.${file}.yml`), `services:\n${filled((n) => service(file, n))}`)
  await checked(directory, `${COMPOSE_FILES} compose files (10 MB)`, 10_000)
  const env = join(folder, 'node.env')
  writeFileSync(env, filled((n) => `WCN_NODE_${n}=$(cat /run/secrets/${n})\n`).slice(0, CHARACTERS))
  await checked(env, 'an env file of 260 kB', 2000)
}

async function checked(path, what, goalMs) {
  const { wallMs, cpuMs, peakMiB } = await wcn(['config', 'check', path], { metered: true, codes: [0, 8] })
  row(`\`wcn config check\`, ${what}`, `${ms(wallMs)}, CPU ${ms(cpuMs)}, ${Math.round(peakMiB)} MiB`, {
    value: Math.max(cpuMs / goalMs, peakMiB / 200),
    goal: 1,
    unit: ` of ${goalMs / 1000} s of CPU and of 200 MiB`,
  })
}

function filled(part) {
  let text = ''
  for (let n = 0; text.length < CHARACTERS - 400; n++) text += part(n)
  return text
}

const service = (file, n) => `  node-${file}-${n}:
    image: ghcr.io/walletconnect/wcn-node:latest
    ports: ["${3000 + (n % 2000)}:3010/udp"]
    environment:
      SECRET_KEY: "${'A'.repeat(43)}="
      PRIMARY_RPC_SERVER_PORT: "${3000 + (n % 2000)}"
      NOTE_${n}: some words # and more
`
