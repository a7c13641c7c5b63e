/** Contexts in memory: none, unless a test gives some. */
import type { ContextsDocument } from '../../src/settings/contexts.js'
import type { Contexts } from '../../src/settings/local-contexts.js'

export interface MemoryContexts extends Contexts {
  readonly document: ContextsDocument
}

export function memoryContexts(
  given: ContextsDocument = { current: null, contexts: {} },
  exported: string | null = null,
): MemoryContexts {
  let document = given
  return {
    path: '/somewhere/contexts.json',
    exported,
    get document() {
      return document
    },
    read: async () => document,
    update: async (change) => {
      document = change(document)
    },
  }
}
