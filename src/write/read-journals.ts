/** Every journal of this machine. One that can't be read is named, and is no obstacle. */
import type { Services } from '../cli/services.js'
import type { JournalFault, JournalFile } from '../platform/state/state.js'

export interface Journals {
  readonly journals: readonly JournalFile[]
  readonly faults: readonly JournalFault[]
}

/** Throws only where the state directory itself can't be read (FILE_UNREADABLE). */
export async function readJournals({ state, talk }: Services): Promise<Journals> {
  const { journals, faults } = await (await state()).journal.all()
  for (const { path, reason } of faults)
    talk.warn(
      `${path} is not taken into account: ${reason}. What it says of open transactions is not known: move it away once you know what became of them`,
    )
  return { journals, faults }
}
