/** There is no default version of the images: which one runs is the operator's decision. */
import { WcnError } from '../../errors/wcn-error.js'
import type { PlannedService, TargetPlan } from './target-file.js'

/** With a tag or a digest. Throws SETTING_MISSING. */
export function requireImage({ deployment }: TargetPlan, { node }: Pick<PlannedService, 'node'>): string {
  const kind = node === null ? 'database' : 'node'
  const image = deployment.options.images[kind]
  if (image !== null) return image
  throw new WcnError('SETTING_MISSING', `no version of the ${kind}'s image is chosen, and there is no default`, {
    hint: 'give --image-tag TAG, or set images in the description (images.tag, or whole references with a digest)',
  })
}
