/**
 * Finds what systemd ignores in a service's unit file, or refuses the unit over: names that it does not know in a section, and
 * values that it can't read (systemd.directives(7), systemd.exec(5), systemd.service(5), systemd.time(7); as
 * `systemd-analyze verify` of 252 says it, with the names up to 257).
 */
import { quote } from '../../base/quote.js'
import { type Fault, refused, VARIABLE_NAME } from './env-reading.js'
import { type Directive, type Specifiers, specify, unitWords } from './unit-file.js'

type Test = (value: string, specifiers: Specifiers) => boolean

const TIME =
  /\d+(?:\.\d*)?\s*(?:[uµμm]?sec|[uµμm]?s|seconds?|min(?:utes?)?|months?|m|M|hours?|hr|h|d(?:ays?)?|w(?:eeks?)?|y(?:ears?)?)?/g
const SIGNAL =
  /^(?:[1-9]|[1-5]\d|6[0-4]|(?:SIG)?(?:RT(?:MIN|MAX)(?:[-+]\d+)?|HUP|INT|QUIT|ILL|TRAP|ABRT|IOT|BUS|FPE|KILL|USR[12]|SEGV|PIPE|ALRM|TERM|STKFLT|CHLD|CLD|CONT|STOP|TSTP|TTIN|TTOU|URG|XCPU|XFSZ|VTALRM|PROF|WINCH|IO|POLL|PWR|SYS))$/
const GOES_UP = /(?:^|\/)\.\.(?:\/|$)/

const isPath: Test = (value, specifiers) => {
  const { isUnknown, isAbsolute } = specify(value, specifiers)
  return !isUnknown && isAbsolute && !GOES_UP.test(value)
}
/** Of several words, each. */
const each = (test: Test): Test => {
  return (value, specifiers) => unitWords(value).every(({ text, broken }) => broken === null && test(text, specifiers))
}
const matches = (pattern: RegExp): Test => {
  return (value) => pattern.test(value)
}
const between = (least: number, most: number): Test => {
  return (value) => /^[-+]?\d+$/.test(value) && Number(value) >= least && Number(value) <= most
}
/** `soft:hard`, or one for both. */
const limit = (one: RegExp): Test => {
  return (value) => {
    const [soft = '', hard = soft, ...more] = value.split(':')
    const fits = [soft, hard].every((side) => side === 'infinity' || one.test(side))
    return more.length === 0 && fits && !(Number(soft) > Number(hard))
  }
}

const TESTS: Readonly<Record<string, Test>> = {
  '<boolean>': matches(/^(?:1|yes|y|true|t|on|0|no|n|false|f|off)$/i),
  '<time>': (value) => /\d/.test(value) && value.replace(TIME, '').trim() === '',
  '<count>': matches(/^(?:0x[0-9a-f]+|[0-9]+)$/i),
  '<mode>': matches(/^0*[0-7]{1,4}$/),
  '<size>': matches(/^\d+(?:\.\d+)?(?:%|\s*[BKMGTPE]?)$/),
  '<signal>': matches(SIGNAL),
  '<user>': (value) => !/^["']|[:/]/.test(value),
  '<nice>': between(-20, 19),
  '<oom score>': between(-1000, 1000),
  '<share>': matches(/^[1-9]\d*(?:\.\d+)?%$/),
  '<tasks>': matches(/^\d+%?$/),
  '<number limit>': limit(/^\d+$/),
  '<size limit>': limit(/^\d+(?:\.\d+)?[BKMGTPE]?$/),
  '<path>': isPath,
  '<-path>': (value, specifiers) => isPath(value.replace(/^-/, ''), specifiers),
  '<paths>': each((word, specifiers) => isPath(word.replace(/^-?\+?/, ''), specifiers)),
  /** `from:to:options`. */
  '<binds>': each((word, specifiers) => {
    const [from = '', to = from] = word.replace(/^-/, '').split(':')
    return isPath(from, specifiers) && isPath(to, specifiers)
  }),
  /** Below a folder of systemd's. */
  '<folders>': each((word, specifiers) => !isPath(word, specifiers) && !GOES_UP.test(word)),
  '<variables>': each(matches(VARIABLE_NAME)),
  '<output>': (value, specifiers) => isPath(/^(?:file|append|truncate):(.*)$/s.exec(value)?.[1] ?? '', specifiers),
  '<input>': matches(/^file:\/.*$/),
  '<socket>': matches(/^fd(?::.+)?$/),
  /** A program by its absolute path or its bare name, with prefixes, and words that can be read. */
  '<command>': (value, specifiers) => {
    const words = unitWords(value.replace(/^[-@:|]*(?:\+|!!?)?[-@:|]*/, ''))
    const [program] = words
    if (words.some(({ broken, text }) => broken !== null || specify(text, specifiers).isUnknown)) return false
    return program !== undefined && (isPath(program.text, specifiers) || /^[^/\s]+$/.test(program.text))
  },
}

const ACTION =
  'none|reboot|reboot-force|reboot-immediate|poweroff|poweroff-force|poweroff-immediate|exit|exit-force|soft-reboot|soft-reboot-force|kexec|kexec-force|halt|halt-force|halt-immediate'
const OUTPUT =
  'inherit|null|tty|journal|kmsg|syslog|journal+console|kmsg+console|syslog+console|socket|<socket>|<output>'

/** Of each section: what a value may be, in words or by a test, and the names with such a value. `''`: it is not judged here. */
const SECTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Unit: {
    '<boolean>': `StopWhenUnneeded RefuseManualStart RefuseManualStop AllowIsolate DefaultDependencies OnFailureIsolate
      IgnoreOnIsolate SurviveFinalKillSignal`,
    'infinity|<time>': 'JobTimeoutSec JobRunningTimeoutSec StartLimitIntervalSec StartLimitInterval',
    '<count>': 'StartLimitBurst',
    [ACTION]: 'JobTimeoutAction StartLimitAction FailureAction SuccessAction',
    'inactive|inactive-or-failed': 'CollectMode',
    '<paths>': 'RequiresMountsFor WantsMountsFor',
    '': `Description Documentation SourcePath Requires Requisite Wants BindsTo BindTo Upholds Conflicts Before After
      OnSuccess OnFailure PropagatesReloadTo PropagateReloadTo ReloadPropagatedFrom PropagateReloadFrom PropagatesStopTo
      StopPropagatedFrom PartOf JoinsNamespaceOf RequiresOverridable RequisiteOverridable OnSuccessJobMode
      OnFailureJobMode JobTimeoutRebootArgument FailureActionExitStatus SuccessActionExitStatus RebootArgument`,
  },
  Service: {
    'simple|exec|forking|oneshot|dbus|notify|notify-reload|idle': 'Type',
    'no|on-success|on-failure|on-abnormal|on-watchdog|on-abort|always': 'Restart',
    'normal|direct|debug': 'RestartMode',
    'control-group|process|mixed|none': 'KillMode',
    'none|main|exec|all': 'NotifyAccess',
    'main|cgroup': 'ExitType',
    'terminate|abort|kill': 'TimeoutStartFailureMode TimeoutStopFailureMode',
    'continue|stop|kill': 'OOMPolicy',
    'auto|closed|strict': 'DevicePolicy',
    'noaccess|invisible|ptraceable|default': 'ProtectProc',
    'all|pid': 'ProcSubset',
    'inherit|private|shared': 'KeyringMode',
    'emerg|alert|crit|err|warning|notice|info|debug|0|1|2|3|4|5|6|7': 'SyslogLevel LogLevelMax',
    [ACTION]: 'StartLimitAction FailureAction',
    '<boolean>|full|strict': 'ProtectSystem',
    '<boolean>|read-only|tmpfs': 'ProtectHome',
    '<boolean>|restart': 'RuntimeDirectoryPreserve FileDescriptorStorePreserve',
    '<boolean>|disconnected': 'PrivateTmp',
    '<boolean>|self|identity|full': 'PrivateUsers',
    '<boolean>|private|strict': 'ProtectControlGroups ProtectHostname',
    '<boolean>': `PermissionsStartOnly RootDirectoryStartOnly RemainAfterExit GuessMainPID NonBlocking
      CPUSchedulingResetOnFork DynamicUser RemoveIPC TTYReset TTYVHangup TTYVTDisallocate SyslogLevelPrefix
      NoNewPrivileges MemoryDenyWriteExecute RestrictRealtime RestrictSUIDSGID LockPersonality PrivateDevices
      ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectClock PrivateNetwork PrivateMounts PrivateIPC
      PrivatePIDs MountAPIVFS IgnoreSIGPIPE CPUAccounting MemoryAccounting IOAccounting BlockIOAccounting TasksAccounting
      IPAccounting SendSIGKILL SendSIGHUP SetLoginEnvironment RootEphemeral CoredumpReceive MemoryKSM
      MemoryZSwapWriteback PassFileDescriptorsToExec`,
    'infinity|<time>': `RestartSec RestartMaxDelaySec TimeoutSec TimeoutStartSec TimeoutStopSec TimeoutAbortSec
      RuntimeMaxSec RuntimeRandomizedExtraSec WatchdogSec StartLimitInterval LogRateLimitIntervalSec TimeoutCleanSec
      CPUQuotaPeriodSec MemoryPressureThresholdSec ManagedOOMMemoryPressureDurationSec`,
    '<count>': 'StartLimitBurst FileDescriptorStoreMax LogRateLimitBurst RestartSteps',
    '<mode>': `UMask RuntimeDirectoryMode StateDirectoryMode CacheDirectoryMode LogsDirectoryMode
      ConfigurationDirectoryMode`,
    '<signal>': 'KillSignal RestartKillSignal FinalKillSignal WatchdogSignal ReloadSignal',
    'infinity|<size>': `MemoryMin DefaultMemoryMin MemoryLow DefaultMemoryLow DefaultStartupMemoryLow StartupMemoryLow
      MemoryHigh StartupMemoryHigh MemoryMax StartupMemoryMax MemorySwapMax StartupMemorySwapMax MemoryZSwapMax
      StartupMemoryZSwapMax MemoryLimit`,
    '<number limit>': 'LimitNOFILE LimitNPROC LimitLOCKS LimitSIGPENDING LimitRTPRIO',
    '<size limit>': 'LimitFSIZE LimitDATA LimitSTACK LimitCORE LimitRSS LimitAS LimitMEMLOCK LimitMSGQUEUE',
    '<-path>': 'EnvironmentFile NetworkNamespacePath IPCNamespacePath',
    '~|-~|<-path>': 'WorkingDirectory',
    '<path>': 'RootDirectory RootImage RootVerity TTYPath',
    '<paths>': `ReadWriteDirectories ReadOnlyDirectories InaccessibleDirectories ReadWritePaths ReadOnlyPaths
      InaccessiblePaths ExecPaths NoExecPaths ExtensionDirectories`,
    '<binds>': 'BindPaths BindReadOnlyPaths',
    '<folders>': 'RuntimeDirectory StateDirectory CacheDirectory LogsDirectory ConfigurationDirectory',
    [OUTPUT]: 'StandardOutput StandardError',
    'null|tty|tty-force|tty-fail|data|socket|<input>|<socket>': 'StandardInput',
    '<variables>': 'PassEnvironment',
    '<user>': 'User Group',
    '<oom score>': 'OOMScoreAdjust',
    '<nice>': 'Nice',
    '<share>': 'CPUQuota',
    'infinity|<tasks>': 'TasksMax',
    '<command>': 'ExecCondition ExecStartPre ExecStart ExecStartPost ExecReload ExecReloadPost ExecStop ExecStopPost',
    '': `PIDFile RebootArgument BusName Sockets USBFunctionDescriptors USBFunctionStrings OpenFile
      RestartPreventExitStatus RestartForceExitStatus SuccessExitStatus RootImageOptions RootImagePolicy MountImagePolicy
      ExtensionImagePolicy RootHash RootHashSignature ExtensionImages MountImages SupplementaryGroups CoredumpFilter
      IOSchedulingClass IOSchedulingPriority CPUSchedulingPolicy CPUSchedulingPriority CPUAffinity NUMAPolicy NUMAMask
      Environment UnsetEnvironment StandardInputText StandardInputData TTYRows TTYColumns SyslogIdentifier SyslogFacility
      LogExtraFields LogFilterPatterns LogNamespace SecureBits CapabilityBoundingSet AmbientCapabilities TimerSlackNSec
      SystemCallFilter SystemCallArchitectures SystemCallErrorNumber SystemCallLog RestrictNamespaces
      RestrictAddressFamilies RestrictFileSystems LimitCPU LimitNICE LimitRTTIME ExecSearchPath TemporaryFileSystem
      MountFlags Personality SetCredential SetCredentialEncrypted LoadCredential LoadCredentialEncrypted ImportCredential
      PAMName UtmpIdentifier UtmpMode SELinuxContext AppArmorProfile SmackProcessLabel Slice AllowedCPUs
      StartupAllowedCPUs AllowedMemoryNodes StartupAllowedMemoryNodes CPUWeight StartupCPUWeight CPUShares
      StartupCPUShares DeviceAllow IOWeight StartupIOWeight IODeviceWeight IOReadBandwidthMax IOWriteBandwidthMax
      IOReadIOPSMax IOWriteIOPSMax IODeviceLatencyTargetSec BlockIOWeight StartupBlockIOWeight BlockIODeviceWeight
      BlockIOReadBandwidth BlockIOWriteBandwidth Delegate DelegateSubgroup DisableControllers IPAddressAllow
      IPAddressDeny IPIngressFilterPath IPEgressFilterPath ManagedOOMSwap ManagedOOMMemoryPressure
      ManagedOOMMemoryPressureLimit ManagedOOMPreference MemoryPressureWatch BPFProgram SocketBindAllow SocketBindDeny
      RestrictNetworkInterfaces NFTSet`,
  },
  Install: { '': 'Alias WantedBy RequiredBy UpheldBy Also DefaultInstance' },
}

/** What a value may be, by `section.name`. */
const KNOWN = new Map(
  Object.entries(SECTIONS).flatMap(([section, rows]) =>
    Object.entries(rows).flatMap(([kinds, names]) => names.split(/\s+/).map((name) => [`${section}.${name}`, kinds])),
  ),
)

export function isKnownDirective(section: string, key: string): boolean {
  return KNOWN.has(`${section}.${key}`) || (section === 'Unit' && /^(?:Condition|Assert)[A-Z]/.test(key))
}

const QUOTES = 'the path is not absolute (quotes are a part of it)'
const REASONS: Readonly<Record<string, string>> = {
  EnvironmentFile: `${QUOTES}, so the service starts without these variables`,
  WorkingDirectory: QUOTES,
  ExecStart: 'the program is neither an absolute path nor a plain name, or a quote, a backslash or a "%" is wrong',
}

/** Null where systemd takes it. An empty value takes back what was set before. */
export function whyIgnored({ section, key, value }: Directive, specifiers: Specifiers): Fault | null {
  if (key.startsWith('X-')) return null
  if (!isKnownDirective(section, key)) {
    const home = Object.keys(SECTIONS).find((other) => isKnownDirective(other, key))
    const hint = home === undefined ? null : `it belongs into [${home}]`
    return refused(`systemd knows no ${quote(`${key}=`)} in [${section}] and ignores it`, hint)
  }
  const kinds = KNOWN.get(`${section}.${key}`) || null
  const text = value.replaceAll('\n', ' ')
  if (value === '' || kinds === null) return null
  if (kinds.split('|').some((kind) => TESTS[kind]?.(text, specifiers) ?? kind === text)) return null
  return refused(`systemd ignores ${key}=, or refuses the unit: ${REASONS[key] ?? 'it can not read the value'}`)
}
