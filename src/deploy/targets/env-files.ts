/** An env file for each service, in one of the two dialects. */
import { type Dialect, encodeVariable } from '../model/dialects.js'
import { commentLine } from './seal.js'
import type { PlannedService, TargetFile } from './target-file.js'

/** `config check` tells by these words who is going to read a file. */
export const READERS: Readonly<Record<Dialect, string>> = {
  env: 'For `docker run --env-file` and `kubectl create secret generic --from-env-file`, which take values literally.',
  shell: 'For sh (set -a; . FILE), systemd EnvironmentFile=, compose env_file and dotenv.',
}

/** Comments are lines of their own: no reader of either dialect takes them for anything else. Throws VALUE_NOT_ENCODABLE. */
export function envFile(owner: PlannedService, dialect: Dialect, folder = ''): TargetFile {
  return {
    path: `${folder}${owner.id}.env`,
    secret: true,
    owner,
    about: [`${owner.id}: holds secrets, keep it at mode 0600.`, READERS[dialect]],
    body: owner.variables
      .map(({ name, value, origin }) => `${commentLine(origin)}\n${encodeVariable(dialect, name, value)}\n`)
      .join(''),
  }
}
