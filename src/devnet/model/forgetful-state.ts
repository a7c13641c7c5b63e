/** A State for what leaves nothing behind worth remembering, such as founding a development chain. */
import type { State } from '../../platform/state/state.js'

export const forgetfulState: State = {
  journal: {
    entries: async () => [],
    put: async () => {},
    all: async () => ({ journals: [], faults: [] }),
  },
  lockAccount: async () => () => {},
  recall: async () => null,
  remember: async () => {},
  lockRollout: async () => () => {},
  recallRollout: async () => null,
  rememberRollout: async () => {},
}
