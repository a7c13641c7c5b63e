/** What several targets can't do without, or can't carry. */

import { WcnError } from '../../errors/wcn-error.js'
import type { Service } from '../model/deployment.js'
import { requireMatch } from '../model/require-match.js'
import type { TargetPlan } from './target-file.js'

const PLAIN = /^(?!.*\/\.{1,2}(?:\/|$))(?:\/[A-Za-z0-9._@+-]+)+\/?$/

/**
 * A path without a slash at its end. Compose expands `$` and takes mounts apart at `:`, units expand `%` and split at
 * spaces, and systemd ignores a setting whose path has a `..`, with no more than a warning. Throws SETTING_INVALID for
 * the root and for what some program reads otherwise.
 */
export function requirePlainPath(path: string, source: string): string {
  const hint = 'give an absolute path of letters, digits, ".", "_", "@", "+" and "-", without "." and ".." as folders'
  return requireMatch(path, PLAIN, source, "which can't be written to such a file safely", hint).replace(/\/$/, '')
}

/** With a tag or a digest. There is no default: which version runs is the operator's decision. Throws SETTING_MISSING. */
export function requireImage({ deployment }: TargetPlan, { kind }: Service): string {
  const image = deployment.options.images[kind]
  if (image !== null) return image
  throw new WcnError('SETTING_MISSING', `no version of the ${kind}'s image is chosen, and there is no default`, {
    hint: `give --image-tag TAG, or images.tag or images.${kind} in the description: a version you tested, never latest`,
  })
}
