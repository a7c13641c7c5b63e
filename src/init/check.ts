/** The end: whether what is on chain answers, the files that were made, held against the chain, and the operator as it is there. */
import { run as configCheck } from '../lint/config-check.js'
import { run as operatorView } from '../operator/operator-view.js'
import { configured } from './configured.js'
import { lookAtNodes } from './nodes.js'
import { type Step, wcn } from './step.js'
import type { Wizard } from './wizard.js'

export const check: Step = {
  id: 'check',
  title: 'check',
  about: `Your nodes are asked whether they are up, and for their database. The files
for your machines are compared with what is on chain. What the
software would swallow without a word is looked for: a key that is nobody's, a
port that is another one on chain, the operator's key in the wrong place.`,
  async run(wizard) {
    const { talk } = wizard.services
    await lookAtNodes(wizard)
    const services = await configured(wizard)
    const paths = checkedPaths(wizard)
    if (paths.length > 0) {
      const { data, exitCode } = await configCheck(services, { paths, online: true })
      for (const { status, summary, hint, file, line } of data.checks) {
        if (status === 'pass' || status === 'skip') continue
        const place = file === null ? '' : `${file}${line === null ? '' : `:${line}`}: `
        talk.tell(`${status}: ${place}${summary}${hint === null ? '' : ` (${hint})`}`)
      }
      const count = (wanted: string) => data.checks.filter(({ status }) => status === wanted).length
      talk.note(`${count('pass')} checks passed, ${count('warn')} warn, ${count('fail')} failed.`)
      if (exitCode !== undefined) return { kind: 'failed', note: 'the files are not right yet' }
    }
    const { operator, version } = (await operatorView(services)).data
    const name = 'corrupted' in operator ? operator.id : operator.name
    talk.note(`${JSON.stringify(name)} is in operator slot ${operator.slot} of the cluster, at its version ${version}.`)
    return null
  },
  commands: (wizard) => [wcn('config check', checkedPaths(wizard), ['--online']), wcn('operator view')],
}

/** Directories that hold what services run with; scrapes are none of it. */
function checkedPaths({ answers: { formats = [] }, at }: Wizard): readonly string[] {
  return formats.filter((format) => format !== 'prometheus').map((format) => at(`out/${format}`))
}
