/** `admin settings view`: the cluster's settings, and which of them nodes take the defaults for. */
import { snakeJson } from '../base/snake-json.js'
import type { Services } from '../cli/services.js'
import { decodeSettingsData } from '../cluster/codec/settings-data.js'
import { stateJson } from '../cluster/to-json.js'
import { WcnError } from '../errors/wcn-error.js'
import { readCluster } from '../read/read-operator.js'

/** `problems`: what of the stored settings is not understood, a sentence each. */
export async function run(services: Services) {
  const snapshot = await readCluster(services)
  const { settings, settingsExtra } = snapshot.view
  return {
    data: {
      ...stateJson(snapshot),
      settings: snakeJson(settings),
      problems: problemsOf(settingsExtra),
    },
  }
}

function problemsOf(extra: Uint8Array): readonly string[] {
  try {
    return decodeSettingsData(extra).warnings
  } catch (error) {
    if (error instanceof WcnError) return [error.message]
    throw error
  }
}
