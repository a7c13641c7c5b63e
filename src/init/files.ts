/** The deployment description, and what the services run with: by `config emit`, in the formats that are chosen. */

import { parseCidr } from '../base/ipv4-range.js'
import { quote } from '../base/quote.js'
import { type Input as EmitInput, run as emit } from '../deploy/config-emit.js'
import { renderDescription } from '../deploy/deployment-template.js'
import { EXPOSURES } from '../deploy/model/exposures.js'
import { parseTargetOptions } from '../deploy/model/target-options.js'
import { LABEL_VALUE } from '../deploy/targets/kubernetes/require-settings.js'
import { TARGETS, type Target } from '../deploy/targets/target-file.js'
import { WcnError } from '../errors/wcn-error.js'
import { answeredDeployment, configured, draftOf, KEYS_FOLDER, signerFlags } from './configured.js'
import type { AnswerPath } from './init-file.js'
import { flags, type Step, wcn } from './step.js'
import type { Wizard } from './wizard.js'

export const DESCRIPTION_FILE = 'deployment.yaml'

export const files: Step = {
  id: 'files',
  title: 'files for your machines',
  about: `wcn_db and wcn_node read nothing but their environment. From your answers come
a deployment description, which you may change later, and from that the files
for what you deploy with. The operator's key gets into the primary's only. Put
the database on a disk that lasts: its data must not be lost.`,
  async run(wizard) {
    const targets = wizard.answers.formats ?? (await chooseTargets(wizard))
    await askOptions(wizard, targets)
    await askMachines(wizard, targets)
    answeredDeployment(wizard)
    await putDescription(wizard)
    for (const format of targets) await emitTarget(wizard, format)
    return null
  },
  commands(wizard) {
    const { at, answers } = wizard
    const { formats = [], nodes = [], keystore } = answers
    const out = at(DESCRIPTION_FILE)
    const keys = ['--keys', at(KEYS_FOLDER), '--nodes', String(nodes.length)]
    return [
      `${wcn('config init', keys, ['--out', out])} # then fill it in`,
      ...formats.map((format) => {
        const { file, out: folder, node: names = [], database } = emitInput(wizard, format)
        return wcn(
          'config emit',
          flags({ '-f': file, '--format': format, '--out': folder }),
          ...names.map((one) => ['--node', one]),
          database ? ['--database'] : [],
          flags({ '--keystore': keystore && at(keystore) }),
        )
      }),
    ]
  },
}

/** Says what the machines run with, and what goes on chain. */
export function putDescription(wizard: Wizard): Promise<void> {
  return wizard.putFile(DESCRIPTION_FILE, 'The answers given to `wcn init`.', renderDescription(draftOf(wizard)))
}

/** The arguments of `config emit`: without services whose keys are elsewhere, since their files are made there. */
function emitInput(wizard: Wizard, format: Target): EmitInput {
  const { database, nodes = [], keystore } = wizard.answers
  const here = nodes.filter(({ secret_key_file }) => secret_key_file !== undefined)
  const withDatabase = database?.secret_key_file !== undefined
  const isAll = format === 'prometheus' || (withDatabase && here.length === nodes.length)
  const share = { node: here.map(({ name = '' }) => name), ...(withDatabase ? { database: true } : {}) }
  return {
    file: wizard.at(DESCRIPTION_FILE),
    format,
    out: wizard.at(`out/${format}`),
    ...(keystore === undefined ? {} : signerFlags(wizard)),
    ...(isAll ? {} : share),
    ...(wizard.force ? { force: true } : {}),
  }
}

async function emitTarget(wizard: Wizard, format: Target): Promise<void> {
  const input = emitInput(wizard, format)
  const { talk } = wizard.services
  if (input.node?.length === 0 && input.database !== true)
    return talk.warn(`no key is here, so the ${format} files are made where the keys are`)
  const { data } = await emit(await configured(wizard), input)
  for (const { path, status } of data.files) talk.note(`${status} ${path}`)
}

async function chooseTargets(wizard: Wizard): Promise<readonly Target[]> {
  if (!wizard.interactive) throw wizard.missing(['formats'])
  const monitoring = await wizard.choose(['monitoring'], 'Scrape configuration and alert rules for Prometheus', {
    yes: 'make them',
    no: 'not needed',
  })
  const target = await wizard.pick(['formats'], 'What you deploy with', {
    compose: 'docker compose',
    systemd: 'systemd units',
    k8s: 'Kubernetes',
    env: 'something else that takes env files literally, such as docker run --env-file',
    shell: 'something else that reads env files like a shell',
  })
  const chosen = TARGETS.filter((one) => one === target || (one === 'prometheus' && monitoring === 'yes'))
  await wizard.keep([['formats'], chosen])
  return chosen
}

async function askOptions(wizard: Wizard, targets: readonly Target[]): Promise<void> {
  const { images } = wizard.answers
  const withImages = targets.includes('compose') || targets.includes('k8s')
  if (withImages && (images?.database === undefined || images.node === undefined))
    await wizard.ask(['images', 'tag'], {
      text: 'Version of the images (a tag of ghcr.io/walletconnect/wcn-node and wcn-db that you tested; never latest)',
      check: (tag, source) =>
        parseTargetOptions({ images: { tag }, database: { address: '' }, nodes: [] }, () => source, {}),
    })
  if (!targets.includes('k8s')) return
  const exposures = EXPOSURES.map((value) => [
    value,
    value === 'host-network' ? "the machines' own network" : 'a load balancer for each node',
  ])
  const text = 'How UDP from the internet reaches the nodes'
  const exposure = await wizard.choose(['kubernetes', 'exposure'], text, Object.fromEntries(exposures))
  if (exposure !== 'host-network') return
  await wizard.ask(['kubernetes', 'host_cidrs'], {
    text: 'Addresses of the machines that run nodes, from which the database may be reached, such as 10.0.10.0/24',
    check: parseCidr,
    as: (typed) => [typed],
  })
}

/** Asks nothing where nobody can be asked: what a target can't do without, it says itself. */
async function askMachines(wizard: Wizard, targets: readonly Target[]): Promise<void> {
  if (!wizard.interactive) return
  const { nodes = [], database, kubernetes } = wizard.answers
  const named = [database, ...nodes].every((service) => service?.host !== undefined)
  if (targets.includes('k8s') && kubernetes?.exposure === 'host-network')
    for (const [i, { name }] of nodes.entries())
      await wizard.ask(['nodes', i, 'host'], {
        text: `kubernetes.io/hostname label of the machine that has the public address of node ${name}`,
        check: fits(LABEL_VALUE, 'which no machine on Kubernetes is called'),
      })
  else if ((targets.includes('compose') || targets.includes('systemd')) && !named) await askLayout(wizard)
  if (targets.includes('prometheus')) await askMetrics(wizard)
}

async function askLayout(wizard: Wizard): Promise<void> {
  const { nodes = [], database } = wizard.answers
  const layout = await wizard.pick(['nodes'], 'Where they run', {
    one: 'all on one machine',
    each: 'the database and every node on a machine of its own',
  })
  const known = [database, ...nodes].map((service) => service?.host).find((host) => host !== undefined)
  const hostOf = (name: string) => (layout === 'one' ? (known ?? 'machine-1') : name)
  // Such as a node that came later: where the others are was answered before.
  await wizard.keep(
    [['database', 'host'], database?.host ?? hostOf('database')],
    ...nodes.map(({ name = '', host }, i) => [['nodes', i, 'host'] as AnswerPath, host ?? hostOf(name)] as const),
  )
}

/** Several machines: Prometheus is on one of them at most. */
async function askMetrics(wizard: Wizard): Promise<void> {
  const { nodes = [] } = wizard.answers
  if (new Set(nodes.map(({ host }) => host)).size < 2) return
  for (const [i, { name }] of nodes.entries())
    await wizard.ask(['nodes', i, 'metrics_address'], {
      text: `Where Prometheus reaches the metrics server of node ${name}: a private address or host name`,
      check: fits(/^[A-Za-z0-9.-]+$/, 'which is no host name or IPv4 address'),
    })
}

function fits(pattern: RegExp, complaint: string) {
  return (text: string, source: string) => {
    if (!pattern.test(text)) throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, ${complaint}`)
  }
}
