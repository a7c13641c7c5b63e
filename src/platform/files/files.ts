export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  /** Permission bits; null where the system has none (Windows). */
  readonly mode: number | null
  /** Whether it belongs to another user than the one this runs as; null where that can't be told. */
  readonly foreign: boolean | null
  readonly bytes: number
}

/** Local files. Every method throws FILE_* errors that name the path and, where there is one, the command to run. */
export interface Files {
  /**
   * Text of a file or a pipe of at most `maxBytes` (1 MiB unless told); `-` is standard input. A byte order mark at its
   * start is left out unless `keepMark`. `onPipe` is called before a pipe is read, and may throw.
   */
  readText(
    path: string,
    options?: { readonly maxBytes?: number; readonly keepMark?: boolean; readonly onPipe?: () => void },
  ): Promise<string>
  /**
   * Like readText, without one trailing newline, refusing files that group or others can read. `mayBeEmpty`: an empty
   * regular file is a secret, too; an empty pipe is not, since a failing decryption writes nothing.
   */
  readSecret(path: string, options?: { readonly mayBeEmpty?: boolean }): Promise<string>
  exists(path: string): Promise<boolean>
  /** What a path is, without following a link; null where there is nothing. */
  inspect(path: string): Promise<FileFacts | null>
  /** Names in a directory, sorted by code points; links are listed and not followed. */
  list(directory: string): Promise<readonly string[]>
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
