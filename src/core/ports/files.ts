/** Local files. Every method throws FILE_* errors that name the path and, where there is one, the command to run. */
export interface Files {
  /** Text of a file of at most `maxBytes` (1 MiB unless told); `-` is standard input. */
  readText(path: string, options?: { readonly maxBytes?: number }): Promise<string>
  /** Like readText, without one trailing newline, refusing files that group or others can read. */
  readSecret(path: string): Promise<string>
  exists(path: string): Promise<boolean>
  isDirectory(path: string): Promise<boolean>
  /** Creates a file that must not exist yet; it appears whole or not at all, mode 0600. */
  createPrivate(path: string, text: string): Promise<void>
  /** Creates or, with `overwrite`, replaces a file atomically; never through a symlink. */
  write(path: string, text: string, options: { readonly mode: number; readonly overwrite: boolean }): Promise<void>
  /** Throws whatever `write` would throw, as far as that can be told beforehand. */
  checkWritable(path: string, options: { readonly overwrite: boolean }): Promise<void>
  makeDirectory(path: string, mode: number): Promise<void>
  /** The git work tree that would take this path up at the next commit, or null. */
  gitTreeThatTracks(path: string): Promise<string | null>
  /** `path` as it is meant in a file called `base`: relative to that file's folder. */
  resolveFrom(base: string, path: string): string
}
