/** The process's environment: the one place that reads it. */
import type { Environment } from './sources.js'

export const environment: Environment = process.env
