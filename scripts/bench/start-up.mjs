// What a command takes before it does anything, held against Node's own start; and many keys.
import { onDevnet } from './devnet.mjs'
import { interleaved, WCN, wcn } from './processes.mjs'
import { ms, row } from './table.mjs'

const ROUNDS = 25
const KEYS = 10_000

export async function startUp(folder) {
  await onDevnet(folder, [], async (env) => {
    // The operator is who the key file says: what an operator has, and the slowest way to say it.
    const { WCN_OPERATOR: _, ...own } = env
    const [node, version, help, generate, operator] = await interleaved(
      [
        { args: ['-e', '0'] },
        { args: [WCN, '--version'] },
        { args: [WCN, '--help'] },
        { args: [WCN, 'key', 'generate'] },
        { args: [WCN, 'operator', 'view'], env: own },
      ],
      ROUNDS,
    )
    row('`node -e 0`', `1 × (${ms(node)})`)
    const ratio = (what, wall, goal) =>
      row(what, `${(wall / node).toFixed(2)} × (${ms(wall)})`, { value: wall / node, goal, unit: ' ×' })
    ratio('`wcn --version`', version, 1.1)
    ratio('`wcn --help`', help, 1.4)
    ratio('`wcn key generate`', generate, 1.6)
    const [major] = process.versions.node.split('.')
    ratio('`wcn operator view`, local chain, operator by its key', operator, Number(major) > 20 ? 2.6 : 3)
  })
  const { wallMs, cpuMs, peakMiB } = await wcn(['key', 'generate', '--count', String(KEYS)], { metered: true })
  const figures = `${ms(wallMs)}, CPU ${ms(cpuMs)}, ${Math.round(peakMiB)} MiB`
  row(`\`wcn key generate --count ${KEYS}\``, figures, { value: cpuMs, goal: 1000, unit: ' ms of CPU' })
}
