/** Tells which files hold secrets, and who can read them. */

import { looksLikeKey } from '../../base/key-like.js'
import type { Files } from '../../platform/files/files.js'
import type { FoundFile, FoundVariable } from '../model/found.js'
import type { Source } from './collect-sources.js'

const SECRET_NAMES = /^(?:SECRET_KEY|SMART_CONTRACT_ENCRYPTION_KEY|SMART_CONTRACT_SIGNER_PRIVATE_KEY|\w*_PRIVATE_KEY)$/i
/** Of group and others. */
const BEYOND_THE_OWNER = 0o077
const SHORTEST_TOKEN = 16

/** `variables`: of all services, and those that became none. Git is asked about files with secrets only. */
export async function foundFiles(
  files: Files,
  sources: readonly Source[],
  variables: readonly FoundVariable[],
): Promise<readonly FoundFile[]> {
  const secret = new Set(variables.filter(isSecret).flatMap(heldIn))
  const found: FoundFile[] = []
  for (const { path, absolute } of sources) {
    const holdsSecrets = secret.has(path)
    const facts = path === '-' ? null : await files.inspect(absolute)
    const mode = facts?.kind === 'file' ? facts.mode : null
    const exposed = mode === null ? null : (mode & BEYOND_THE_OWNER) !== 0
    // One git at a time: there may be a thousand files.
    const gitTree = holdsSecrets && path !== '-' ? await files.gitTreeThatTracks(absolute) : null
    found.push({ path, holdsSecrets, exposed, gitTree })
  }
  return found
}

/** Where a token is put into a URL, the file with the token. */
function heldIn({ place, pieces }: FoundVariable): readonly string[] {
  if (pieces === undefined) return [place.file]
  const secret = pieces.filter(isSecret)
  const others = pieces.filter((piece) => piece.place.file !== place.file)
  return (secret.length > 0 ? secret : others).map((piece) => piece.place.file)
}

function isSecret({ name, value }: FoundVariable): boolean {
  if (value === null || value === '') return false
  return SECRET_NAMES.test(name) || looksLikeKey(value) || (/_URL$/i.test(name) && hasToken(value))
}

/** A user, a query, or a part of the path that is too long to be a word. */
function hasToken(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { username, password, search, pathname } = new URL(value)
  return `${username}${password}${search}` !== '' || pathname.split('/').some((part) => part.length >= SHORTEST_TOKEN)
}
