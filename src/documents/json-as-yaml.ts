/** Writes a JSON document as YAML, for `--output yaml`: it says the same to whatever reads it. */
import { Document, visit } from 'yaml'

/** What YAML 1.2 takes for a number, and 1.1 does not. */
const NUMBER_LATER = /^0o[0-7]+$/

/** `isUnsafe`: of texts that stand between double quotes, so that what is unsafe in them can be escaped there. */
export function jsonAsYaml(json: string, isUnsafe: (text: string) => boolean): string {
  // By the rules of 1.1: what Python and Go still take for a truth or a number is quoted.
  const document = new Document(JSON.parse(json), { version: '1.1', aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_, scalar) {
      const { value } = scalar
      if (typeof value === 'string' && (isUnsafe(value) || NUMBER_LATER.test(value))) scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString({
    directives: false,
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
  })
}
