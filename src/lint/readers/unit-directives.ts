/**
 * What systemd ignores in a service's unit file, or refuses the unit over: names that it does not know in a section, and
 * values that it can't read (systemd.directives(7); as `systemd-analyze verify` of 252 says it, with the names up to 257).
 */
import { quote } from '../../base/quote.js'
import { type Fault, refused } from './env-reading.js'
import type { Directive, Specifiers } from './unit-file.js'
import {
  areBinds,
  areFolders,
  arePaths,
  areVariables,
  booleanOr,
  isBoolean,
  isCommand,
  isCount,
  isFolderOrHome,
  isMode,
  isOptionalPath,
  isOutput,
  isPath,
  isSignal,
  isSize,
  isTime,
  isUser,
  limit,
  oneOf,
  type Test,
  wholeNumber,
} from './unit-values.js'

/** Null: whatever the value is, it is not judged here. */
type Rows = readonly (readonly [test: Test | null, names: string])[]

const isAction = oneOf(
  'none reboot reboot-force reboot-immediate poweroff poweroff-force poweroff-immediate exit exit-force soft-reboot soft-reboot-force kexec kexec-force halt halt-force halt-immediate',
)

const UNIT: Rows = [
  [
    isBoolean,
    `StopWhenUnneeded RefuseManualStart RefuseManualStop AllowIsolate DefaultDependencies OnFailureIsolate
    IgnoreOnIsolate SurviveFinalKillSignal`,
  ],
  [isTime, 'JobTimeoutSec JobRunningTimeoutSec StartLimitIntervalSec StartLimitInterval'],
  [isCount, 'StartLimitBurst'],
  [isAction, 'JobTimeoutAction StartLimitAction FailureAction SuccessAction'],
  [oneOf('inactive inactive-or-failed'), 'CollectMode'],
  [arePaths, 'RequiresMountsFor WantsMountsFor'],
  [
    null,
    `Description Documentation SourcePath Requires Requisite Wants BindsTo BindTo Upholds Conflicts Before After OnSuccess
    OnFailure PropagatesReloadTo PropagateReloadTo ReloadPropagatedFrom PropagateReloadFrom PropagatesStopTo
    StopPropagatedFrom PartOf JoinsNamespaceOf RequiresOverridable RequisiteOverridable OnSuccessJobMode OnFailureJobMode
    JobTimeoutRebootArgument FailureActionExitStatus SuccessActionExitStatus RebootArgument`,
  ],
]

const SERVICE: Rows = [
  [oneOf('simple exec forking oneshot dbus notify notify-reload idle'), 'Type'],
  [oneOf('no on-success on-failure on-abnormal on-watchdog on-abort always'), 'Restart'],
  [oneOf('normal direct debug'), 'RestartMode'],
  [oneOf('control-group process mixed none'), 'KillMode'],
  [oneOf('none main exec all'), 'NotifyAccess'],
  [oneOf('main cgroup'), 'ExitType'],
  [oneOf('terminate abort kill'), 'TimeoutStartFailureMode TimeoutStopFailureMode'],
  [oneOf('continue stop kill'), 'OOMPolicy'],
  [oneOf('auto closed strict'), 'DevicePolicy'],
  [oneOf('noaccess invisible ptraceable default'), 'ProtectProc'],
  [oneOf('all pid'), 'ProcSubset'],
  [oneOf('inherit private shared'), 'KeyringMode'],
  [oneOf('emerg alert crit err warning notice info debug 0 1 2 3 4 5 6 7'), 'SyslogLevel LogLevelMax'],
  [isAction, 'StartLimitAction FailureAction'],
  [booleanOr('full strict'), 'ProtectSystem'],
  [booleanOr('read-only tmpfs'), 'ProtectHome'],
  [booleanOr('restart'), 'RuntimeDirectoryPreserve FileDescriptorStorePreserve'],
  [booleanOr('disconnected'), 'PrivateTmp'],
  [booleanOr('self identity full'), 'PrivateUsers'],
  [booleanOr('private strict'), 'ProtectControlGroups ProtectHostname'],
  [
    isBoolean,
    `PermissionsStartOnly RootDirectoryStartOnly RemainAfterExit GuessMainPID NonBlocking CPUSchedulingResetOnFork
    DynamicUser RemoveIPC TTYReset TTYVHangup TTYVTDisallocate SyslogLevelPrefix NoNewPrivileges MemoryDenyWriteExecute
    RestrictRealtime RestrictSUIDSGID LockPersonality PrivateDevices ProtectKernelTunables ProtectKernelModules
    ProtectKernelLogs ProtectClock PrivateNetwork PrivateMounts PrivateIPC PrivatePIDs MountAPIVFS IgnoreSIGPIPE
    CPUAccounting MemoryAccounting IOAccounting BlockIOAccounting TasksAccounting IPAccounting SendSIGKILL SendSIGHUP
    SetLoginEnvironment RootEphemeral CoredumpReceive MemoryKSM MemoryZSwapWriteback PassFileDescriptorsToExec`,
  ],
  [
    isTime,
    `RestartSec RestartMaxDelaySec TimeoutSec TimeoutStartSec TimeoutStopSec TimeoutAbortSec RuntimeMaxSec
    RuntimeRandomizedExtraSec WatchdogSec StartLimitInterval LogRateLimitIntervalSec TimeoutCleanSec CPUQuotaPeriodSec
    MemoryPressureThresholdSec ManagedOOMMemoryPressureDurationSec`,
  ],
  [isCount, 'StartLimitBurst FileDescriptorStoreMax LogRateLimitBurst RestartSteps'],
  [
    isMode,
    'UMask RuntimeDirectoryMode StateDirectoryMode CacheDirectoryMode LogsDirectoryMode ConfigurationDirectoryMode',
  ],
  [isSignal, 'KillSignal RestartKillSignal FinalKillSignal WatchdogSignal ReloadSignal'],
  [
    isSize,
    `MemoryMin DefaultMemoryMin MemoryLow DefaultMemoryLow DefaultStartupMemoryLow StartupMemoryLow MemoryHigh
    StartupMemoryHigh MemoryMax StartupMemoryMax MemorySwapMax StartupMemorySwapMax MemoryZSwapMax
    StartupMemoryZSwapMax MemoryLimit`,
  ],
  [limit(/^\d+$/), 'LimitNOFILE LimitNPROC LimitLOCKS LimitSIGPENDING LimitRTPRIO'],
  [
    limit(/^\d+(?:\.\d+)?[BKMGTPE]?$/),
    'LimitFSIZE LimitDATA LimitSTACK LimitCORE LimitRSS LimitAS LimitMEMLOCK LimitMSGQUEUE',
  ],
  [isOptionalPath, 'EnvironmentFile NetworkNamespacePath IPCNamespacePath'],
  [isFolderOrHome, 'WorkingDirectory'],
  [isPath, 'RootDirectory RootImage RootVerity TTYPath'],
  [
    arePaths,
    `ReadWriteDirectories ReadOnlyDirectories InaccessibleDirectories ReadWritePaths ReadOnlyPaths InaccessiblePaths
    ExecPaths NoExecPaths ExtensionDirectories`,
  ],
  [areBinds, 'BindPaths BindReadOnlyPaths'],
  [areFolders, 'RuntimeDirectory StateDirectory CacheDirectory LogsDirectory ConfigurationDirectory'],
  [isOutput, 'StandardOutput StandardError'],
  [(value) => /^(?:null|tty|tty-force|tty-fail|data|socket|file:\/.*|fd(?::.+)?)$/.test(value), 'StandardInput'],
  [areVariables, 'PassEnvironment'],
  [isUser, 'User Group'],
  [wholeNumber(-1000, 1000), 'OOMScoreAdjust'],
  [wholeNumber(-20, 19), 'Nice'],
  [(value) => /^[1-9]\d*(?:\.\d+)?%$/.test(value), 'CPUQuota'],
  [(value) => /^(?:infinity|\d+%?)$/.test(value), 'TasksMax'],
  [isCommand, 'ExecCondition ExecStartPre ExecStart ExecStartPost ExecReload ExecReloadPost ExecStop ExecStopPost'],
  [
    null,
    `PIDFile RebootArgument BusName Sockets USBFunctionDescriptors USBFunctionStrings OpenFile RestartPreventExitStatus
    RestartForceExitStatus SuccessExitStatus RootImageOptions RootImagePolicy MountImagePolicy ExtensionImagePolicy
    RootHash RootHashSignature ExtensionImages MountImages SupplementaryGroups CoredumpFilter IOSchedulingClass
    IOSchedulingPriority CPUSchedulingPolicy CPUSchedulingPriority CPUAffinity NUMAPolicy NUMAMask Environment
    UnsetEnvironment StandardInputText StandardInputData TTYRows TTYColumns SyslogIdentifier SyslogFacility
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
  ],
]

const INSTALL: Rows = [[null, 'Alias WantedBy RequiredBy UpheldBy Also DefaultInstance']]

const SECTIONS: Readonly<Record<string, ReadonlyMap<string, Test | null>>> = {
  Unit: byName(UNIT),
  Service: byName(SERVICE),
  Install: byName(INSTALL),
}

function byName(rows: Rows): ReadonlyMap<string, Test | null> {
  return new Map(rows.flatMap(([test, names]) => names.split(/\s+/).map((name) => [name, test] as const)))
}

export function isKnownDirective(section: string, key: string): boolean {
  return (SECTIONS[section]?.has(key) ?? false) || (section === 'Unit' && /^(?:Condition|Assert)[A-Z]/.test(key))
}

/** Null where systemd takes it. An empty value takes back what was set before. */
export function whyIgnored({ section, key, value }: Directive, specifiers: Specifiers): Fault | null {
  if (key.startsWith('X-')) return null
  if (!isKnownDirective(section, key)) {
    const home = Object.keys(SECTIONS).find((other) => isKnownDirective(other, key))
    const hint = home === undefined ? null : `it belongs into [${home}]`
    return refused(`systemd knows no ${quote(`${key}=`)} in [${section}] and ignores it`, hint)
  }
  const test = SECTIONS[section]?.get(key) ?? null
  if (value === '' || test === null || test(value.replaceAll('\n', ' '), specifiers)) return null
  const why = REASONS[key] ?? 'it can not read the value'
  return refused(`systemd ignores ${key}=, or refuses the unit: ${why}`)
}

const REASONS: Readonly<Record<string, string>> = {
  EnvironmentFile: 'the path is not absolute (quotes are a part of it), so the service starts without these variables',
  WorkingDirectory: 'the path is not absolute (quotes are a part of it)',
  ExecStart: 'the program is neither an absolute path nor a plain name, or a quote, a backslash or a "%" is wrong',
}
