/**
 * Who may read a key file: its owner only, as ssh demands (docs/dev/command-line.md, "Settings"). Mounted secrets are exempt,
 * since their modes are not the user's to choose, and so are pipes.
 */
import { promises } from 'node:fs'
import { sep } from 'node:path'
import { shellWord } from '../../base/shell-word.js'
import { WcnError } from '../../errors/wcn-error.js'
import { named } from './file-errors.js'
import type { OpenFile } from './read-bytes.js'

const SECRET_MOUNTS = ['/run/secrets', '/var/run/secrets']
const GROUP_AND_OTHERS = 0o077

export interface SecretRules {
  readonly platform: NodeJS.Platform
  /** systemd's directory of credentials, where there is one. */
  readonly credentialsDirectory: string | undefined
  /** The user's decision that modes don't matter. */
  readonly insecurePermissions: boolean
  readonly warn: (text: string) => void
}

/** Throws FILE_PERMISSIONS when group or others have any access to the file. */
export async function requirePrivate(
  path: string,
  file: Pick<OpenFile, 'kind' | 'mode'>,
  rules: SecretRules,
): Promise<void> {
  if (file.kind === 'pipe' || rules.insecurePermissions) return
  if (rules.platform === 'win32') return rules.warn(`who may read ${named(path)} is not checked on Windows`)
  const exposed = file.mode & GROUP_AND_OTHERS
  if (exposed === 0) return
  if (await isMountedSecret(path, rules.credentialsDirectory)) return
  const mode = file.mode.toString(8).padStart(4, '0')
  const whom = (exposed & 0o007) !== 0 ? 'everybody on this machine' : 'its group'
  throw new WcnError(
    'FILE_PERMISSIONS',
    `${named(path)} holds a secret, but its mode ${mode} gives access to ${whom}`,
    {
      hint: `chmod 600 ${shellWord(path)}`,
      details: { path, mode },
    },
  )
}

async function isMountedSecret(path: string, credentialsDirectory: string | undefined): Promise<boolean> {
  const target = await promises.realpath(path).catch(() => null)
  if (target === null) return false
  const mounts = credentialsDirectory ? [...SECRET_MOUNTS, credentialsDirectory] : SECRET_MOUNTS
  const real = await Promise.all(mounts.map((mount) => promises.realpath(mount).catch(() => null)))
  return real.some((mount) => mount !== null && mount !== sep && target.startsWith(mount + sep))
}
