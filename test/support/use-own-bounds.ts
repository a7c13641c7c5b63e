/** Is loaded anew with every test file, which starts with a tool that remembers nothing; no test leaves a process behind. */
import { afterEach } from 'vitest'
import { endLeftBehind } from './left-behind.js'
import { leaveStateFolder } from './state-folder.js'

leaveStateFolder()
afterEach(endLeftBehind)
