/** Describes what `wcn init` saw of the nodes. */

/** Of the nodes, as they were met. */
export interface Sighting {
  readonly answering: number
  readonly of: number
  /** Where those run that do not answer. */
  readonly hosts: readonly string[]
  /** Why it is not proven who answers, in a sentence; null where it is. */
  readonly unproven: string | null
  /** Whether one of them told that it is connected. */
  readonly database: boolean
}
