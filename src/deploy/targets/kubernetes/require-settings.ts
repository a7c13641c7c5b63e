/** What Kubernetes wants to know, or can't carry, before anything is made for it. */

import { prefixBits } from '../../../base/ipv4-range.js'
import { quote } from '../../../base/quote.js'
import { WcnError } from '../../../errors/wcn-error.js'
import type { Exposure } from '../../model/target-options.js'
import { isNode, originOf, type PlannedNode } from '../machines.js'
import { requirePlainPath } from '../plain-path.js'
import { isLoopback } from '../private-ranges.js'
import type { PlannedService, TargetPlan } from '../target-file.js'
import { requireObjectName } from './names.js'

/** A value of a label, as machines are named by one. */
export const LABEL_VALUE = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/
/** The largest private range is 10.0.0.0/8: what is wider takes in most of the internet. */
const SHORTEST_PREFIX = 8
const FIRST_UNPRIVILEGED_PORT = 1024
/** They have other tenants, and labels are put on a namespace. */
const SHARED_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

/** Throws SETTING_MISSING, SETTING_INVALID, PORT_INVALID, OUTPUT_UNSAFE. */
export function requireSettings(plan: TargetPlan): void {
  const { namespace } = plan.deployment.options.kubernetes
  if (SHARED_NAMESPACES.includes(namespace)) {
    throw new WcnError('SETTING_INVALID', `the namespace is ${namespace}, which is not yours alone`, {
      hint: 'choose one for this operator, such as wcn: --namespace or kubernetes.namespace',
    })
  }
  const exposure = requireExposure(plan)
  requireServiceAddress(plan)
  if (exposure === 'host-network') requireHostCidrs(plan)
  for (const planned of plan.services) {
    requireObjectName(plan, planned)
    requireImage(plan, planned)
    requireUnprivilegedPorts(plan, planned)
    if (!isNode(planned)) requireVolumePath(plan)
    else if (exposure === 'host-network') requireMachine(plan, planned)
    else requirePublicAddress(plan, planned)
  }
}

/** Throws SETTING_MISSING. */
export function requireExposure({ deployment }: TargetPlan): Exposure {
  const { exposure } = deployment.options.kubernetes
  if (exposure !== null) return exposure
  throw new WcnError('SETTING_MISSING', 'it is not said how UDP from the internet reaches the nodes on Kubernetes', {
    hint: 'give --exposure host-network or --exposure load-balancer, or set kubernetes.exposure in the description',
  })
}

/** Throws SETTING_MISSING. */
export function requireImage({ deployment }: TargetPlan, { node }: PlannedService): string {
  const kind = node === null ? 'database' : 'node'
  const image = deployment.options.images[kind]
  if (image !== null) return image
  throw new WcnError('SETTING_MISSING', `no version of the ${kind}'s image is chosen, and there is no default`, {
    hint: `give --image-tag TAG, or images.tag or images.${kind} in the description: a version you tested, never latest`,
  })
}

/** Where the volume is mounted. Throws SETTING_INVALID. */
export function requireVolumePath({ deployment, origin }: TargetPlan): string {
  return requirePlainPath(deployment.database.rocksdbDir, origin(['database', 'rocksdb_dir']))
}

/** The machine that has the address on chain. Throws SETTING_MISSING, SETTING_INVALID. */
export function requireMachine(plan: TargetPlan, planned: PlannedNode): string {
  const { name, host } = planned.node
  const hint = `set host of node ${name} to the kubernetes.io/hostname label of the machine that has its public address`
  if (host === null) {
    throw new WcnError(
      'SETTING_MISSING',
      `node ${name} has no host: with the host's network it has to stay on one machine`,
      { hint },
    )
  }
  if (LABEL_VALUE.test(host)) return host
  throw new WcnError(
    'SETTING_INVALID',
    `${originOf(plan, planned, 'host')} is ${quote(host)}, which no machine on Kubernetes is called`,
    { hint },
  )
}

/**
 * Throws SETTING_MISSING, and SETTING_INVALID where the node would look for another one at 127.0.0.1: pods have each
 * their own (docs/dev/network/node-protocol.md, PUBLIC_ADDRESS).
 */
export function requirePublicAddress({ deployment }: TargetPlan, { node }: PlannedNode): string {
  if (node.ipv4Addr === null) {
    throw new WcnError('SETTING_MISSING', `node ${node.name} has no ipv4_addr: its load balancer has to have it`, {
      hint: `set ipv4_addr of node ${node.name} to the address that is on chain`,
    })
  }
  const sharing = deployment.nodes.find((other) => other !== node && other.ipv4Addr === node.ipv4Addr)
  if (sharing && node.extra.has('PUBLIC_ADDRESS')) {
    throw new WcnError(
      'SETTING_INVALID',
      `node ${node.name} has PUBLIC_ADDRESS ${node.ipv4Addr}, so it would look for node ${sharing.name}, which shares that address, in its own pod`,
      { hint: `leave PUBLIC_ADDRESS out of env of node ${node.name}` },
    )
  }
  return node.ipv4Addr
}

function requireServiceAddress({ deployment, origin }: TargetPlan): void {
  const { address } = deployment.database
  if (!isLoopback(address)) return
  throw new WcnError(
    'SETTING_INVALID',
    `${origin(['database', 'address'])} is ${address}, at which each pod finds itself`,
    { hint: "give a free address of the cluster's range for services (often in 10.96.0.0/12)" },
  )
}

/** Pods on the host's network look like their machines, to which no selector of pods applies. */
function requireHostCidrs({ deployment, origin }: TargetPlan): void {
  const { hostCidrs } = deployment.options.kubernetes
  if (hostCidrs.length === 0) {
    throw new WcnError(
      'SETTING_MISSING',
      "kubernetes.host_cidrs is not set: with the host's network, nodes come to the database from their machines' addresses",
      { hint: 'set kubernetes.host_cidrs in the description to the ranges of the machines that run nodes' },
    )
  }
  for (const [i, cidr] of hostCidrs.entries()) {
    if (prefixBits(cidr) >= SHORTEST_PREFIX) continue
    throw new WcnError(
      'OUTPUT_UNSAFE',
      `${origin(['kubernetes', 'host_cidrs', i])} is ${cidr}: whoever reaches the database reads and writes it`,
      { hint: 'give the range of your machines, such as 10.0.10.0/24' },
    )
  }
}

/** The images run as uid 1001 without capabilities. */
function requireUnprivilegedPorts(plan: TargetPlan, planned: PlannedService): void {
  const { primaryPort, secondaryPort, metricsPort } = planned.service
  const ports = { primary_port: primaryPort, secondary_port: secondaryPort, metrics_port: metricsPort }
  for (const [field, port] of Object.entries(ports)) {
    if (port >= FIRST_UNPRIVILEGED_PORT) continue
    throw new WcnError('PORT_INVALID', `${originOf(plan, planned, field)} is ${port}, on which only root can listen`, {
      hint: `choose a port from ${FIRST_UNPRIVILEGED_PORT} on, on chain too`,
    })
  }
}
