/** Users and paths of the machine that units name: parsed to something without white space, `%` and line breaks. */
import { WcnError } from '../../errors/wcn-error.js'
import { requirePlainPath } from './required-settings.js'
import type { TargetPlan } from './target-file.js'

/** Emptied at the latest when the machine restarts, or not the same inside and outside of a hardened service. */
const VOLATILE = ['/tmp', '/var/tmp', '/run', '/var/run', '/dev', '/proc', '/sys']

/** Throws SETTING_INVALID, each for what is asked for. */
export function systemdPaths({ deployment, origin }: TargetPlan) {
  const { user, envDir, databaseBinary, nodeBinary } = deployment.options.systemd
  if (user === 'root') {
    throw new WcnError('SETTING_INVALID', `${origin(['systemd', 'user'])} is root, who could read every key`, {
      hint: 'name a user of its own, such as wcn; wcn.sysusers.conf makes it',
    })
  }
  const env = requirePlainPath(envDir, origin(['systemd', 'env_dir']))
  return {
    user,
    envDir: env,
    binary: (kind: 'database' | 'node') =>
      requireLastingPath(kind === 'database' ? databaseBinary : nodeBinary, origin(['systemd', `${kind}_binary`])),
    /** Of the database. */
    dataDir: () => {
      const source = origin(['database', 'rocksdb_dir'])
      const directory = requireLastingPath(deployment.database.rocksdbDir, source)
      if (!isBelow(directory, [env]) && !isBelow(env, [directory])) return directory
      throw new WcnError(
        'SETTING_INVALID',
        `${source} is ${directory}, and the env files are in ${env}: what only root may read and what the database writes can't be in one folder`,
        { hint: 'set rocksdb_dir or systemd.env_dir to another directory' },
      )
    },
  }
}

export function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
}

function requireLastingPath(path: string, source: string): string {
  const plain = requirePlainPath(path, source)
  if (!isBelow(plain, VOLATILE)) return plain
  throw new WcnError('SETTING_INVALID', `${source} is ${plain}, which does not last or is another one for a service`, {
    hint: `give a path that is not below any of ${VOLATILE.join(', ')}`,
  })
}
