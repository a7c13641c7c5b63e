/** Everything that `config check` can say without the chain. */
import type { Address } from '../../base/address.js'
import { judgeAgreement } from './agreement.js'
import { type CheckedServices, checkServices, type NamingTools } from './checked-service.js'
import { judgeDatabaseAddress, judgeDatabaseMatch } from './database.js'
import { judgeDatabasePorts, judgeMetricsPorts } from './exposure.js'
import { judgeFiles } from './files.js'
import { concluded, type Finding, finding } from './finding.js'
import type { Found } from './found.js'
import { judgePublicAddresses, judgeSharedKeys } from './identity.js'
import { judgeImages, judgeSurges } from './images.js'
import { judgeNames } from './names.js'
import { judgeCollisions, judgePublished } from './ports.js'
import { judgeOperator, judgePrimary } from './primary.js'
import { judgeValues } from './values.js'

export interface CheckTools extends NamingTools {
  /** The operator that is configured; null: none is. */
  readonly operator: Address | null
  readonly allowPrivateAddresses: boolean
}

export interface OfflineCheck {
  readonly findings: readonly Finding[]
  readonly services: CheckedServices
}

/** In the order of the rules. */
export async function checkOffline(found: Found, tools: CheckTools): Promise<OfflineCheck> {
  const services = await checkServices(found, tools)
  const { nodes, databases, readers } = services
  const all = [...databases, ...nodes]
  return {
    services,
    findings: [
      ...judgeRemarks(found),
      ...judgeNames(all, tools.nearest),
      ...judgeValues(readers),
      ...judgePrimary(nodes),
      ...judgeOperator(nodes, tools.operator),
      ...judgeSharedKeys(nodes, databases),
      ...judgeAgreement(nodes, databases),
      ...judgeDatabaseAddress(nodes),
      ...judgeDatabaseMatch(nodes, databases),
      ...judgeDatabasePorts(databases),
      ...judgeMetricsPorts(all),
      ...judgePublished(nodes),
      ...judgeCollisions(all),
      ...judgePublicAddresses(nodes, tools.allowPrivateAddresses),
      ...judgeImages(all),
      ...judgeSurges(all),
      ...judgeFiles(found.files),
    ],
  }
}

/** What the readers noticed, as they said it. */
function judgeRemarks({ remarks, services }: Found): readonly Finding[] {
  const findings = remarks.map(({ id, status, place, summary, hint }) => finding(id, status, place, summary, hint))
  return concluded('dialect', findings, services.length > 0 ? 'no value is cut or changed on its way' : null)
}
