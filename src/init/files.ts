/** The deployment description, and what the services run with: by `config emit`, in the formats that are chosen. */

import { parseCidr } from '../base/ipv4-range.js'
import { type Input as EmitInput, run as emit } from '../deploy/config-emit.js'
import { renderDescription } from '../deploy/deployment-template.js'
import { EXPOSURES, parseTargetOptions } from '../deploy/model/target-options.js'
import { TARGETS, type Target } from '../deploy/targets/target-file.js'
import { configured, KEYS_FOLDER, signerFlags } from './configured.js'
import { answeredDeployment, draftOf } from './description.js'
import { askMachines } from './machines.js'
import { flags, type Step, wcn } from './step.js'
import type { Wizard } from './wizard.js'

const DESCRIPTION_FILE = 'deployment.yaml'

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
    await wizard.putFile(DESCRIPTION_FILE, 'The answers given to `wcn init`.', renderDescription(draftOf(wizard)))
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
