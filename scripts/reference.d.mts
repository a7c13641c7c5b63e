/** Types of reference.mjs for the test that imports it. */
import type { Command } from 'commander'

export declare function reference(program: Command, exitCodes: Readonly<Record<number, string>>): string
