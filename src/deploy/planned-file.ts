/** Emitted files before any is written: what each is to hold, and what becomes of it. */
import type { OldFile } from './output-look.js'

export interface RenderedFile {
  /** Relative to the directory, with `/` between folders. */
  readonly path: string
  readonly secret: boolean
  /** Sealed. */
  readonly text: string
  /** Name of the node whose signing key is in it. */
  readonly signerOf: string | null
}

/** A file and what becomes of it. */
export interface PlannedFile extends RenderedFile {
  /** With the directory. */
  readonly target: string
  /** `kept`: edited by hand, and not written. */
  readonly status: 'written' | 'updated' | 'unchanged' | 'kept'
  /** What lies there. */
  readonly old: OldFile | null
}
