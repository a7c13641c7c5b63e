/** What Kubernetes wants to know, or can't carry, before anything is made for it. */

import { prefixBits } from '../../../base/ipv4-range.js'
import { WcnError } from '../../../errors/wcn-error.js'
import { portsOf } from '../../model/deployment.js'
import type { Exposure } from '../../model/exposures.js'
import { requireMatch } from '../../model/require-match.js'
import { refuseLoopback } from '../database-reach.js'
import { originOf, type PlannedNode, type PlannedService, type TargetPlan } from '../target-file.js'

/** A value of a label, as machines are named by one. */
export const LABEL_VALUE = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/
/**
 * An RFC 1123 label. A StatefulSet's pods get a label of its name and a hash of ten characters: it must not be longer
 * than 52, and `wcn-node-` is in front.
 */
const NODE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,41}[a-z0-9])?$/
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
  const onHost = requireExposure(plan) === 'host-network'
  refuseLoopback(
    plan,
    'at which each pod finds itself',
    "give a free address of the cluster's range for services (often in 10.96.0.0/12)",
  )
  if (onHost) requireHostCidrs(plan)
  for (const service of plan.services) {
    if (service.kind === 'node') requireObjectName(plan, service)
    requireUnprivilegedPorts(plan, service)
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

/** The machine that has the address on chain. Throws SETTING_MISSING, SETTING_INVALID. */
export function requireMachine(plan: TargetPlan, node: PlannedNode): string {
  const { title, host } = node
  const hint = `set host of ${title} to the kubernetes.io/hostname label of the machine that has its public address`
  if (host !== null)
    return requireMatch(
      host,
      LABEL_VALUE,
      originOf(plan, node, 'host'),
      'which no machine on Kubernetes is called',
      hint,
    )
  throw new WcnError('SETTING_MISSING', `${title} has no host: with the host's network it has to stay on one machine`, {
    hint,
  })
}

/**
 * Throws SETTING_MISSING, and SETTING_INVALID where the node would look for another one at 127.0.0.1: pods have each
 * their own (docs/dev/network/node-protocol.md, PUBLIC_ADDRESS).
 */
export function requirePublicAddress(
  { deployment }: TargetPlan,
  { title, name, ipv4Addr, extra }: PlannedNode,
): string {
  if (ipv4Addr === null) {
    throw new WcnError('SETTING_MISSING', `${title} has no ipv4_addr: its load balancer has to have it`, {
      hint: `set ipv4_addr of ${title} to the address that is on chain`,
    })
  }
  const sharing = deployment.nodes.find((other) => other.name !== name && other.ipv4Addr === ipv4Addr)
  if (sharing === undefined || !extra.has('PUBLIC_ADDRESS')) return ipv4Addr
  throw new WcnError(
    'SETTING_INVALID',
    `${title} has PUBLIC_ADDRESS ${ipv4Addr}, so it would look for ${sharing.title}, which shares that address, in its own pod`,
    { hint: `leave PUBLIC_ADDRESS out of env of ${title}` },
  )
}

/** Nothing is derived: two names could become one. */
function requireObjectName(plan: TargetPlan, node: PlannedNode): void {
  const hint = 'use small letters, digits and "-", 43 characters at most'
  requireMatch(node.name, NODE_NAME, originOf(plan, node, 'name'), "which can't be a name on Kubernetes", hint)
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
  const wide = hostCidrs.findIndex((cidr) => prefixBits(cidr) < SHORTEST_PREFIX)
  if (wide < 0) return
  throw new WcnError(
    'OUTPUT_UNSAFE',
    `${origin(['kubernetes', 'host_cidrs', wide])} is ${hostCidrs[wide]}: whoever reaches the database reads and writes it`,
    { hint: 'give the range of your machines, such as 10.0.10.0/24' },
  )
}

/** The images run as uid 1001 without capabilities. */
function requireUnprivilegedPorts(plan: TargetPlan, service: PlannedService): void {
  const low = portsOf(service).find(({ port }) => port < FIRST_UNPRIVILEGED_PORT)
  if (low === undefined) return
  throw new WcnError(
    'PORT_INVALID',
    `${originOf(plan, service, low.field)} is ${low.port}, on which only root can listen`,
    { hint: `choose a port from ${FIRST_UNPRIVILEGED_PORT} on, on chain too` },
  )
}
