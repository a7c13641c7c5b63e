/** A folder as people type it, often with slashes at its end. */

/** Without them; the root stays what it is. */
export function withoutEndSlashes(path: string): string {
  return path.replace(/(?<=.)\/+$/, '')
}
