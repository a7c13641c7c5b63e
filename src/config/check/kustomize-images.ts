/** `images` of a kustomization: another name, tag or digest for the images of the pods it takes up. */
import type { Source } from './collect-sources.js'
import type { ImageOverride } from './kubernetes-services.js'
import type { YamlFile } from './yaml-tree.js'

export function imageOverride(
  kustomizations: readonly { readonly source: Source; readonly yaml: YamlFile }[],
): ImageOverride {
  const overrides = kustomizations.flatMap(({ source, yaml }) =>
    (yaml.documents[0]?.at('images')?.items ?? []).map((item) => ({
      name: item.at('name')?.text ?? null,
      newName: item.at('newName')?.text ?? null,
      tag: item.at('newTag')?.text ?? null,
      digest: item.at('digest')?.text ?? null,
      place: { file: source.path, line: (item.at('newTag') ?? item.at('digest') ?? item).line },
    })),
  )
  return (reference) => {
    const [, name = '', suffix = ''] = /^(.*?)((?::[^:/@]*)?(?:@.*)?)$/.exec(reference) ?? []
    const found = overrides.findLast((one) => one.name === name)
    if (found === undefined) return null
    const ending = found.digest !== null ? `@${found.digest}` : found.tag !== null ? `:${found.tag}` : suffix
    return { reference: `${found.newName ?? name}${ending}`, place: found.place }
  }
}
