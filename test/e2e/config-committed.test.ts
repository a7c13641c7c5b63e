/**
 * Which emitted files hold secrets and who may read them; and that the template of `config init` leads to files for every
 * target with everything in use that it documents.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Sandbox, sandbox } from '../support/cli.js'
import { CONTRACT, putDeployment, RPC_URL, SECRETS } from '../support/deployment.js'
import { countOf, emitAllJson, expectNoSecret, FULL, ON_ONE_MACHINE } from '../support/emit-all.js'
import { wcnInProcess as wcn } from '../support/in-process.js'

const boxes: Sandbox[] = []
let box: Sandbox
beforeEach(() => {
  box = sandbox()
  boxes.push(box)
})
afterAll(() => boxes.forEach((one) => void one.remove()))

describe('what may be committed', () => {
  it.each([
    ['on one machine', ON_ONE_MACHINE],
    ['on several', FULL],
  ])('holds no secret, and the rest is private: %s', async (_, description) => {
    putDeployment(box, description)
    const { files } = await emitAllJson(box)
    const secretFolders = new Set<string>()
    for (const { path, secret } of files) {
      const text = readFileSync(box.path(path), 'utf8')
      expect([path, statSync(box.path(path)).mode & 0o777]).toEqual([path, secret ? 0o600 : 0o644])
      if (secret) secretFolders.add(path.replace(/\/[^/]*$/, ''))
      else expectNoSecret(text)
      expect([path, secret]).toEqual([path, SECRETS.some((one) => text.includes(one))])
    }
    const folders = readdirSync(box.path('.'), { recursive: true, withFileTypes: true }).filter(
      (one) => one.isDirectory() && `${one.parentPath}/`.includes('/out'),
    )
    for (const { parentPath, name } of folders) {
      const path = `${parentPath}/${name}`
      const mode = secretFolders.has(path.slice(box.path('').length + 1)) ? 0o700 : 0o755
      expect([path, statSync(path).mode & 0o777]).toEqual([path, mode])
    }
    expect([...secretFolders].sort()).toEqual(
      description === FULL
        ? ['compose/ma', 'compose/mb', 'env', 'k8s/secrets', 'shell', 'systemd/ma', 'systemd/mb'].map(
            (one) => `out/${one}`,
          )
        : ['compose', 'env', 'k8s/secrets', 'shell', 'systemd'].map((one) => `out/${one}`),
    )
  })
})

describe('the template of config init', () => {
  it('leads to files for every target, with all that it documents in use', async () => {
    putDeployment(box)
    rmSync(box.path('deployment.yaml'))
    expect(await wcn(['config', 'init'], { cwd: box.path('.') })).toMatchObject({ code: 0 })
    const template = readFileSync(box.path('deployment.yaml'), 'utf8')
    const options = [...template.matchAll(/^# {3}(\w+: .*)$/gm)].map(([, line = '']) => line)
    const ofServices = options.slice(0, 3)
    expect(options.map((line) => line.slice(0, line.indexOf(':')))).toEqual([
      'host',
      'env',
      'metrics_address',
      'images',
      'compose',
      'systemd',
      'kubernetes',
      'prometheus',
    ])
    const answers: Readonly<Record<string, string>> = {
      contract_address: `"${CONTRACT}"`,
      rpc_url: RPC_URL,
      address: '10.0.10.5',
      ipv4_addr: '52.1.2.3',
    }
    const filled = template
      .replace(/^( *)(\w+): # FILL IN.*$/gm, (_, indent, name) => `${indent}${name}: ${answers[name]}`)
      .replace(/^( +)secret_key_file: .*$/gm, (line, indent) =>
        [line, ...ofServices.map((one) => `${indent}${one}`)].join('\n'),
      )
      .concat(options.slice(3).join('\n'))
    writeFileSync(box.path('deployment.yaml'), filled)
    const { files } = await emitAllJson(box)
    expect(countOf(files)).toEqual({ written: files.length })
    const read = (path: string) => readFileSync(box.path(`out/${path}`), 'utf8')
    expect(read('env/wcn_db.env')).toContain('\nLOG_LEVEL=info\n')
    expect(parse(read('compose/compose.yaml')).networks.database.ipam.config[0].subnet).toBe('10.0.10.0/24')
    expect(read('k8s/database.yaml')).toContain('storageClassName: fast')
    expect(parse(read('prometheus/prometheus.yml')).scrape_configs[1].static_configs[0].targets).toEqual([
      '10.0.0.7:3002',
    ])
    expect(read('systemd/wcn_db.service')).toContain('\nExecStart=/usr/local/bin/wcn_db\n')
  })
})
