/** An env file for each service, in one of the two dialects. */
import type { Dialect } from '../model/dialects.js'
import type { PlannedService, TargetFile, TargetPlan } from './target-file.js'

/** `config check` tells by these words who is going to read a file. */
export const READERS: Readonly<Record<Dialect, string>> = {
  env: 'For `docker run --env-file` and `kubectl create secret generic --from-env-file`, which take values literally.',
  shell: 'For sh (set -a; . FILE), systemd EnvironmentFile=, compose env_file and dotenv.',
}

export function envFiles({ services }: TargetPlan, dialect: Dialect): readonly TargetFile[] {
  return services.map((service) => envFile(service, dialect))
}

/** Comments are lines of their own: no reader of either dialect takes them for anything else. */
export function envFile({ name, variables }: PlannedService, dialect: Dialect, path = `${name}.env`): TargetFile {
  return {
    path,
    secret: true,
    about: [`${name}: holds secrets, keep it at mode 0600.`, READERS[dialect]],
    body: { kind: 'env', dialect, variables },
  }
}
