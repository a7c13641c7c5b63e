/**
 * Writes the files of a target down: text as it is, YAML with comments beside the values. Comments can't be used to bring
 * in a line: what holds control characters is refused.
 */
import { Document, isCollection, Pair, Scalar, YAMLMap, YAMLSeq, type Node as YamlNode } from 'yaml'
import { commentLine, sealJson, sealText } from './targets/seal.js'
import { Commented, type TargetFile, type YamlValue } from './targets/target-file.js'

/** Line breaks, or not allowed, to readers of YAML 1.1, which would fold them into a space. Always in double quotes. */
const BREAKS_TO_SOME = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** The file's text, sealed. Throws VALUE_NOT_ENCODABLE. */
export function renderTargetFile({ about, body }: Pick<TargetFile, 'about' | 'body'>): string {
  if (typeof body === 'string') return sealText(about, body)
  return 'json' in body ? sealJson(body.json) : sealText(about, body.map(renderYaml).join('---\n'))
}

/**
 * YAML 1.1 as it is quoted, since that is what Kubernetes and older composes read: `on`, `010` and `12:30` are strings
 * to no reader unless quoted.
 */
export function renderYaml(value: YamlValue): string {
  const document = new Document(null, { version: '1.1' })
  document.contents = nodeOf(value)
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return document.toString({ lineWidth: 0, directives: false }).replace(BREAKS_TO_SOME, escaped)
}

function nodeOf(value: YamlValue): YamlNode {
  if (value instanceof Commented) {
    const node = nodeOf(value.value)
    const comment = commentLine(value.comment).slice(1)
    if (isCollection(node)) node.commentBefore = comment
    else node.comment = comment
    return node
  }
  if (isList(value)) {
    const list = new YAMLSeq<YamlNode>()
    list.items = value.map(nodeOf)
    return list
  }
  if (value !== null && typeof value === 'object') {
    const map = new YAMLMap<YamlNode, YamlNode>()
    map.items = Object.entries(value).map(([key, inner]) => new Pair(nodeOf(key), nodeOf(inner)))
    return map
  }
  const scalar = new Scalar(value)
  // And `0o17`: a number to readers of YAML 1.2, such as compose.
  if (typeof value === 'string' && (/\p{Cc}|^[-+]?0o/u.test(value) || value.search(BREAKS_TO_SOME) >= 0))
    scalar.type = 'QUOTE_DOUBLE'
  return scalar
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value)
}
