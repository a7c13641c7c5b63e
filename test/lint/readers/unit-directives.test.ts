/** What systemd ignores in unit files, by itself and held against systemd-analyze where that is installed. */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { isKnownDirective, whyIgnored } from '../../../src/lint/readers/unit-directives.js'
import { readUnit } from '../../../src/lint/readers/unit-file.js'
import { sandbox } from '../../support/cli.js'
import { installed } from '../../support/installed.js'

const box = sandbox()
afterAll(() => box.remove())

/** Lines that systemd takes, and lines that it ignores. */
const UNIT = `Stray=1 !
[Unit]
Description=x
Foo=1 !
X-Foo=1
After=network-online.target
StartLimitBurst=abc !
StartLimitIntervalSec=5 minz !
StartLimitIntervalSec=5 min
StartLimitAction=foo !
StartLimitAction=reboot
ConditionPathExists=/etc/wcn
EnvironmentFile=/etc/wcn/wcn_node_a.env !
[Sevice] !
A=b
[X-Own]
A=b
[Service]
Type=simpel !
Restart=allways !
Restart=on-failure
RestartSec=5 minutes 3s
RestartSec=1.5s
RestartSec=5x !
TimeoutStopSec=abc !
TimeoutStopSec=infinity
TimeoutStopSec=1h30min
KillSignal=SIGFOO !
KillSignal=INT
KillSignal=2
KillSignal=99 !
KillMode=procces !
KillMode=mixed
WorkingDirectory=~
WorkingDirectory=-/x
WorkingDirectory=%h
WorkingDirectory=- /x !
User=1001
LimitNOFILE=abc !
LimitNOFILE=65536:1M !
LimitNOFILE=10:5 !
LimitNOFILE=65536
LimitNOFILE=infinity
LimitCORE=1:2:3 !
LimitMEMLOCK=64K
EnvironmentFile=/etc/wcn/%z.env !
EnvironmentFile=/etc/wcn/%i.env
EnvironmentFile=%h/x.env
EnvironmentFile=%i.env !
EnvironmentFile=wcn_node_a.env !
EnvironmentFile=./wcn_node_a.env !
EnvironmentFile=-wcn_node_a.env !
EnvironmentFile=~/wcn_node_a.env !
EnvironmentFile=$HOME/wcn_node_a.env !
EnvironmentFile="/etc/wcn/wcn_node_a.env" !
EnvironmentFile='/etc/wcn/wcn_node_a.env' !
EnvironmentFile=- /etc/x.env !
EnvironmentFile= /etc/x.env
EnvironmentFile=/etc/wcn/../x.env !
EnvironmentFile=/etc/wcn//x.env
EnvironmentFile=-/etc/x.env
EnvironmentFile=/etc/*.env
EnvironmentFile=
NoNewPrivileges=maybe !
NoNewPrivileges=true
ProtectSystem=stricct !
ProtectSystem=full
ProtectHome=read-only
ReadWritePaths=wcn !
ReadWritePaths=-/var/lib/wcn +/x
ReadWritePaths="/var/lib/a b"
ReadWritePaths=+-/x !
BindPaths=a:b !
BindPaths=/a:/b:rbind
StateDirectory=/wcn !
StateDirectory=wcn
StateDirectory=../wcn !
UMask=9 !
UMask=0077
UMask=10000 !
StandardOutput=append:/var/log/x
StandardOutput=file:x !
StandardOutput=jurnal !
StandardInput=foo !
Nice=50 !
Nice=-5
OOMScoreAdjust=-2000 !
CPUQuota=50 !
CPUQuota=50%
MemoryMax=16X !
MemoryMax=16G
MemoryMax=50%
TasksMax=x !
TasksMax=infinity
SyslogLevel=foo !
NotifyAccess=al !
ExecStartPre=wcn_node
ExecStart=-/bin/true
ExecStart=/bin/true $A \${B} %%
ExecStart="/bin/true"
ExecStop=/bin/kill -s INT $MAINPID
NoEquals !
EnvironmentFiles=/etc/x !
Enviroment=A=b !
PassEnvironment=A B-C !
LogRateLimitBurst=-1 !
TimeoutStopFailureMode=foo !
OOMPolicy=foo !
SendSIGKILL=x !
RuntimeDirectoryMode=999 !
PIDFile=wcn.pid
SuccessExitStatus=143 SIGINT
# EnvironmentFile=x
; Foo=1
Environment=A=1 \\
  # between
  B=2
[Install]
WantedBy=multi-user.target
ExecStart=/bin/true !
`
/** Systemd goes no further behind one of these. */
const FATAL = [
  'WorkingDirectory=wcn',
  'WorkingDirectory="/wcn"',
  'WorkingDirectory=/a/%z',
  'WorkingDirectory=/a/../b',
  'ExecStart=./wcn_node',
  'ExecStart=bin/wcn_node',
  'ExecStart=/bin/true %z',
  'ExecStart=/bin/true "a',
  'ExecStart=+!/bin/true',
  'RootDirectory=%z',
  'Group=a/b',
  'DynamicUser=a',
]

const SPECIFIERS = { unit: 'v.service', instance: null }
/** Numbers of the lines that are ignored. */
function ignored(text: string): readonly number[] {
  const { directives, faults } = readUnit(text)
  return [...faults, ...directives.filter((one) => whyIgnored(one, SPECIFIERS) !== null)]
    .map(({ line }) => line)
    .sort((one, other) => one - other)
}

const text = UNIT.replace(/ !$/gm, '')
const marked = UNIT.split('\n').flatMap((line, index) => (line.endsWith(' !') ? [index + 1] : []))

describe('a unit file', () => {
  it('has its ignored lines found, and no others', () => {
    expect(ignored(text)).toEqual(marked)
  })

  it.each(FATAL)('with %s is refused', (line) => {
    expect(ignored(`[Service]\n${line}\n`)).toEqual([2])
  })

  it('takes any text, in time that its length gives', () => {
    for (const unit of [
      '[',
      '=',
      '\\\n',
      'A=\\\n',
      '[Service]\n',
      'ExecStart=%',
      'Environment="',
      'ExecStart=/a \\',
      '1 ',
    ])
      ignored(`[Service]\nRestartSec=${unit.repeat(Math.floor(300_000 / unit.length))}`)
  })
})

const ANALYZE = installed('systemd-analyze', '--version')

describe.skipIf(!ANALYZE)('systemd-analyze verify', () => {
  const verify = (unit: string) => {
    writeFileSync(box.path('v.service'), unit)
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', box.path('v.service')], { encoding: 'utf8' })
    return [...new Set([...stderr.matchAll(/v\.service:(\d+):/g)].map(([, line]) => Number(line)))]
  }

  it('ignores the same lines', () => {
    expect(verify(text).sort((one, other) => one - other)).toEqual(marked)
  })

  it.each(FATAL)('refuses %s', (line) => {
    expect(verify(`[Service]\nExecStart=/bin/true\n${line}\n`)).toEqual([3])
  })
})

const SYSTEMD = '/usr/lib/systemd/systemd'

describe.skipIf(!existsSync(SYSTEMD))('the names of settings', () => {
  it('are all known that systemd knows', () => {
    const dumped = spawnSync(SYSTEMD, ['--dump-configuration-items'], { encoding: 'utf8' }).stdout
    for (const section of ['Unit', 'Service', 'Install']) {
      const [, rows = ''] = new RegExp(`^\\[${section}\\]\\n((?:.+\\n)*)`, 'm').exec(dumped) ?? []
      const names = [...rows.matchAll(/^(\w+)=/gm)].map(([, name = '']) => name)
      expect(names.filter((name) => !isKnownDirective(section, name))).toEqual([])
      expect(names.length > 0 || section === 'Install').toBe(true)
    }
  })
})
