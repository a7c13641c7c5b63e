/** Metrics of what an operator depends on: RPC providers, and the account that pays for writes. */
import type { Metric } from './metric.js'

const PROVIDER_LEGEND = '{{host}}'

export const PROVIDER_METRICS = {
  wcn_provider_up: {
    help: 'Whether an RPC provider answers.',
    legend: PROVIDER_LEGEND,
    alert: {
      name: 'WcnProviderDown',
      expr: (metric) => `${metric} == 0`,
      for: '10m',
      severity: 'warning',
      summary: 'RPC provider {{ $labels.host }} does not answer',
      action:
        'Nodes that use it miss what happens to the cluster, and do not start: wcn doctor --only providers says why.',
    },
  },
  wcn_provider_behind_blocks: {
    help: 'Blocks that an RPC provider is behind the one that is furthest.',
    legend: PROVIDER_LEGEND,
    alert: {
      name: 'WcnProviderLags',
      expr: (metric) => `${metric} > 30`,
      for: '10m',
      severity: 'warning',
      summary: 'RPC provider {{ $labels.host }} is {{ $value }} blocks behind another one',
      action: 'Nodes that use it work with an old cluster. Use another one for them, and tell the provider.',
    },
  },
  wcn_provider_block_timestamp_seconds: {
    help: 'Time of the newest block of an RPC provider.',
    alert: {
      name: 'WcnProviderStuck',
      expr: (metric) => `time() - ${metric} > 600`,
      for: '5m',
      severity: 'warning',
      summary: 'the newest block of RPC provider {{ $labels.host }} is {{ $value | humanizeDuration }} old',
      action: 'With all providers it is the chain; with one, use another one for your nodes and this tool.',
    },
  },
  wcn_provider_latency_seconds: {
    help: 'How long an RPC provider took to answer.',
    legend: PROVIDER_LEGEND,
    unit: 's',
  },
  wcn_account_balance_ether: {
    help: "Balance of the operator's account; absent where no operator is set.",
  },
  wcn_account_writes_left: {
    help: "Writes that the balance of the operator's account pays for; absent where that can not be told.",
    legend: '{{account}}',
    alert: {
      name: 'WcnAccountFundsLow',
      expr: (metric) => `${metric} < 20`,
      for: '1h',
      severity: 'warning',
      summary: 'account {{ $labels.account }} pays for {{ $value }} more writes',
      action:
        'Send it ETH on the chain of the cluster. Without, a node can not be updated, a maintenance not be entered, and the primary node can not complete a migration.',
    },
  },
} as const satisfies Readonly<Record<string, Metric>>
