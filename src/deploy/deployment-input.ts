/** Where `config emit` finds its deployment: a description file, or flags that say the same. */

import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { descriptionFromFlags, type ReadDescription, readDescription } from './deployment-file.js'
import { type Deployment, parseDeployment } from './model/deployment.js'
import type { TargetFlags } from './model/target-options.js'

export interface DeploymentFlags extends TargetFlags {
  readonly file?: string
  readonly databaseSpec?: string
  readonly nodeSpec?: readonly string[]
  readonly allowPublicDatabase?: boolean
}

export interface DeploymentInput extends ReadDescription {
  readonly deployment: Deployment
  /** The file that relative paths of keys are relative to; `-` where that is the working directory. */
  readonly base: string
}

type Reader = Pick<Services, 'files' | 'settings'>

/** Throws USAGE, DOCUMENT_INVALID, FILE_UNREADABLE and what parseDeployment throws. */
export async function readDeployment(services: Reader, flags: DeploymentFlags): Promise<DeploymentInput> {
  return openDeployment(services, flags, await describe(services, flags))
}

/** Of a description that is read already. Throws what parseDeployment throws. */
export function openDeployment(services: Reader, flags: DeploymentFlags, read: ReadDescription): DeploymentInput {
  const deployment = parseDeployment(read.description, read.where, {
    allowPrivateAddresses: services.settings.allowPrivateAddresses(),
    allowPublicDatabase: flags.allowPublicDatabase ?? false,
    flags,
  })
  return { ...read, deployment, base: flags.file ?? '-' }
}

async function describe({ files }: Reader, flags: DeploymentFlags): Promise<ReadDescription> {
  const { file, databaseSpec, nodeSpec = [] } = flags
  const fromFlags = databaseSpec !== undefined || nodeSpec.length > 0
  if (file !== undefined && fromFlags) {
    throw new WcnError('USAGE', 'the deployment is described twice: by -f and by --database-spec or --node-spec', {
      hint: 'use the file, or the flags',
    })
  }
  if (file !== undefined) return readDescription(await files.readText(file), file)
  if (fromFlags) return descriptionFromFlags(databaseSpec, nodeSpec)
  throw new WcnError('USAGE', 'no deployment is described', {
    hint: 'give -f deployment.yaml (`wcn config init` writes one), or --database-spec and --node-spec',
  })
}
