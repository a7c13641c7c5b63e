/** What `wcn` without words means: how things stand, once a context says of which cluster; until then its help. */
import { contextsDirectory } from '../settings/directories.js'
import { environment } from '../settings/environment.js'
import { createContexts } from '../settings/local-contexts.js'

export async function bareCommand(): Promise<readonly string[]> {
  return (await hasContext()) ? ['status'] : []
}

async function hasContext(): Promise<boolean> {
  const { exported, read } = createContexts({
    directory: contextsDirectory(environment),
    exported: environment.WCN_CONTEXT,
    insecurePermissions: false,
    command: '',
  })
  if (exported !== null) return true
  try {
    return (await read()).current !== null
  } catch {
    // There are some, and what is wrong with them is to be said.
    return true
  }
}
