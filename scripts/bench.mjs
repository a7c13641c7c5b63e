// `npm run bench`: prints one table of figures, all from this run (docs/dev/performance.md). `npm run bench -- far view`
// measures those parts alone.
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { bigView } from './bench/big-view.mjs'
import { clusterStatus } from './bench/cluster-status.mjs'
import { farAway } from './bench/far-away.mjs'
import { manyFiles } from './bench/files.mjs'
import { history } from './bench/history.mjs'
import { healthyOperator, manyNodes } from './bench/many-nodes.mjs'
import { hasAddon } from './bench/node-fleet.mjs'
import { rehearsal } from './bench/rehearsal.mjs'
import { startUp } from './bench/start-up.mjs'
import { row, table } from './bench/table.mjs'

const PARTS = {
  start: startUp,
  view: bigView,
  far: farAway,
  files: manyFiles,
  history,
  nodes: withAddon(manyNodes),
  own: withAddon(healthyOperator),
  status: withAddon(clusterStatus),
  rehearsal: withAddon(rehearsal),
}

// It slows every start of Node, and so flatters every ratio.
delete process.env.NODE_EXTRA_CA_CERTS

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !(name in PARTS))
if (unknown !== undefined) throw new Error(`no part ${unknown}: there are ${Object.keys(PARTS).join(', ')}`)
const folder = mkdtempSync(join(tmpdir(), 'wcn-bench-'))
try {
  for (const [name, measure] of Object.entries(PARTS))
    if (wanted.length === 0 || wanted.includes(name)) await measure(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const [{ model }] = cpus()
process.stdout.write(
  `${table()}\nNode ${process.versions.node}, ${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}\n`,
)

/** Every look at a node that proves something needs it. */
function withAddon(measure) {
  return (folder) => (hasAddon() ? measure(folder) : row('nodes', 'not measured: the QUIC addon is not installed'))
}
