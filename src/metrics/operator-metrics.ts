/** Metrics of operators and their nodes. */
import type { Metric } from './metric.js'

const NODE_LEGEND = '{{operator}} {{node}}'

export const OPERATOR_METRICS = {
  wcn_operator_live: {
    help: 'Whether the replicas of an operator can be counted on; absent where that could not be found out.',
    legend: '{{operator}}',
    alert: {
      name: 'WcnOperatorNotLive',
      expr: (metric) => `${metric} == 0`,
      for: '10m',
      severity: 'warning',
      summary: 'the replicas of operator {{ $labels.operator }} (slot {{ $labels.slot }}) cannot be counted on',
      action:
        'If it is yours, see its nodes and its database (wcn nodes check, wcn doctor). Else take nothing of yours down before it is back: wcn ok-to-stop tells.',
    },
  },
  wcn_operator_data_bytes: {
    help: 'Bytes of an operator on chain.',
    legend: '{{operator}}',
    unit: 'bytes',
    alert: {
      name: 'WcnOperatorDataNearLimit',
      expr: (metric) => `${metric} / on (job, instance) group_left () wcn_operator_data_limit_bytes > 0.9`,
      for: '1h',
      severity: 'warning',
      summary: 'operator {{ $labels.operator }} fills {{ $value | humanizePercentage }} of what it may store on chain',
      action:
        'More nodes or clients will soon be refused. Take out clients that nobody uses (wcn clients list), or ask the owner for a higher limit.',
    },
  },
  wcn_operator_data_limit_bytes: {
    help: 'Bytes that an operator may have on chain.',
  },
  wcn_node_up: {
    help: 'Whether a node answers as itself at both of its ports; absent where that could not be found out.',
    legend: NODE_LEGEND,
  },
  wcn_node_caught_up: {
    help: 'Whether a node knows the cluster as the chain has it; absent where it does not say.',
    legend: NODE_LEGEND,
  },
  wcn_node_database_seen: {
    help: 'Whether a node sees its database; absent where it does not say.',
    legend: NODE_LEGEND,
  },
  wcn_node_software_version: {
    help: 'Version that a node runs; absent where it does not say.',
  },
} as const satisfies Readonly<Record<string, Metric>>
