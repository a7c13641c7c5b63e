/** What runs, and how many of it: pinned versions, and never two of one node (the onboarding document, "Availability"). */
import { quote } from '../../base/quote.js'
import type { CheckedService } from './checked-service.js'
import { concluded, type Finding, finding } from './finding.js'

export function judgeImages(services: readonly CheckedService[]): readonly Finding[] {
  const images = services.flatMap(({ found }) => (found.image === null ? [] : [{ found, ...found.image }]))
  const loose = images.flatMap(({ found, reference, place }) => {
    const why = whyNotPinned(reference)
    return why === null
      ? []
      : finding(
          'image-tag',
          'warn',
          place,
          `the image of ${found.name} is ${quote(reference)}: ${why}, which is another version after every pull`,
          'name the version that you tested: name:TAG, or better name@sha256:…',
        )
  })
  const nodes = images.filter(({ found, reference }) => found.kind === 'node' && whyNotPinned(reference) === null)
  const [first] = nodes
  const versions = nodes.flatMap(({ found, reference, place }) =>
    reference === first?.reference
      ? []
      : finding(
          'image-versions',
          'warn',
          place,
          `${found.name} runs ${quote(reference)}, and ${first?.found.name} runs ${quote(first?.reference ?? '')}`,
          'fine while you update node by node; then all of them should run one version',
        ),
  )
  return [
    ...concluded('image-tag', loose, images.length > 0 ? 'every image is of one version' : null),
    ...concluded('image-versions', versions, nodes.length > 1 ? 'all nodes run one version' : null),
  ]
}

/** A second pod has the same key; of the primary it is a second signer. */
export function judgeSurges(services: readonly CheckedService[]): readonly Finding[] {
  const findings = services.flatMap(({ found }) =>
    found.surges.map(({ why, place, certain }) =>
      finding(
        'surge',
        certain ? 'fail' : 'warn',
        place,
        `${found.name} can run twice at once, with one key: ${why}`,
        'one replica, and an update that stops the old one first: a StatefulSet, or a Deployment with Recreate',
      ),
    ),
  )
  return concluded('surge', findings, services.length > 0 ? 'no service ever runs twice' : null)
}

/** Null for a digest, which ends like a tag, or a tag other than `latest`. A port belongs to the registry. */
function whyNotPinned(reference: string): string | null {
  const tag = /:([^:/]+)$/.exec(reference)?.[1]
  if (tag === undefined) return 'it has no tag'
  return tag === 'latest' ? 'its tag is latest' : null
}
