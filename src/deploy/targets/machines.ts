/**
 * For targets whose files belong to one machine (compose, systemd): which services share one. A service without a host
 * is on this machine; the nodes' addresses don't count here, since one machine can have several.
 */

import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'
import { firstRepeated } from '../model/deployment.js'
import type { TargetPlan } from './target-file.js'

/** What is emitted for one machine. */
export type Machine = ReturnType<typeof machinesOf>[number]

/** Beside the folders there may be files of services without a host. */
const FOLDER = /^(?!.*\.(?:env|service|ya?ml|conf|nft)$)[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/i

/** In the order of the services. Throws SETTING_INVALID for hosts of which no folders can be made. */
export function machinesOf({ services }: TargetPlan) {
  const hosts = [...new Set(services.map(({ host }) => host))]
  if (hosts.length > 1) requireFolderNames(hosts.filter((host) => host !== null))
  return hosts.map((host) => {
    const here = services.filter((service) => service.host === host)
    return {
      title: host === null ? 'this machine' : `host ${quote(host)}`,
      /** Where its files go: `''`, or a folder with a slash at its end where there are several machines. */
      folder: hosts.length > 1 && host !== null ? `${host}/` : '',
      services: here,
      database: here.find((service) => service.kind === 'database') ?? null,
      nodes: here.filter((service) => service.kind === 'node'),
    }
  })
}

/** Some file systems don't tell capitals from small letters. */
function requireFolderNames(hosts: readonly string[]): void {
  const bad = hosts.find((host) => !FOLDER.test(host))
  if (bad !== undefined) {
    throw new WcnError('SETTING_INVALID', `host ${quote(bad)} is no name for the folder of its files`, {
      hint: 'use letters, digits, ".", "_" and "-", 63 characters at most, and no ending of a file such as .env',
    })
  }
  const twice = firstRepeated(hosts)
  if (twice === undefined) return
  throw new WcnError('SETTING_INVALID', `two hosts are called ${quote(twice)}, but for capitals`, {
    hint: 'write the same machine in the same way, and different ones with different names',
  })
}
