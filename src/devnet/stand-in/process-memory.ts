/** How much memory a process holds, where the system tells without being asked by a program. */
import { readFileSync } from 'node:fs'

const KIBIBYTE = 1024

/** Bytes that are resident; null for a process that is gone, and where there is no /proc. */
export function residentBytes(pid: number): number | null {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kibibytes === undefined ? null : Number(kibibytes) * KIBIBYTE
  } catch {
    return null
  }
}
