/** The steps, in the onboarding document's order. */
import { addresses } from './addresses.js'
import { check } from './check.js'
import { cluster } from './cluster.js'
import { encryption } from './encryption.js'
import { files } from './files.js'
import { firewall } from './firewall.js'
import { keys } from './keys.js'
import { operator } from './operator.js'
import { provider } from './provider.js'
import { register } from './register.js'
import type { Step } from './step.js'
import { wait } from './wait.js'

export const STEPS: readonly Step[] = [
  cluster,
  operator,
  encryption,
  keys,
  addresses,
  provider,
  files,
  firewall,
  register,
  wait,
  check,
]
