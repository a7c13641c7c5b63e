/** Named sets of settings, one per cluster (docs/dev/command-line.md, "Settings"). They say where keys are; they hold none. */

/** What a context sets, by the names that `config show` gives settings. Paths are absolute: it is used from anywhere. */
export type ContextValues = {
  readonly contract_address: string
  readonly chain_id?: number
  /** At least one. They may hold tokens: never shown. */
  readonly rpc_urls?: readonly string[]
  readonly rpc_quorum?: number
  readonly rpc_header_file?: string
  readonly rpc_ca_file?: string
  readonly encryption_key_file?: string
  readonly private_key_file?: string
  readonly keystore?: string
  readonly password_file?: string
  readonly node_key_file?: string
  readonly operator?: string
}

export type ContextSetting = keyof ContextValues

export interface ContextsDocument {
  /** The one that is used where neither --context nor WCN_CONTEXT names one; one of `contexts`. */
  readonly current: string | null
  readonly contexts: Readonly<Record<string, ContextValues>>
}

export interface Contexts {
  /** Where they are kept; null for a user without a home directory, who has none. */
  readonly path: string | null
  /** The one that WCN_CONTEXT names, which comes before the current one; null where it is not set. */
  readonly exported: string | null
  /** Empty where there is no file. Throws DOCUMENT_INVALID, FILE_UNREADABLE, FILE_PERMISSIONS. */
  read(): Promise<ContextsDocument>
  /**
   * Puts what `change` makes of them in their place: atomically, mode 0600, one process after the other. Throws like
   * `read`, whatever `change` throws, and SETTING_MISSING, ACCOUNT_LOCKED, FILE_UNWRITABLE, OUTPUT_UNSAFE.
   */
  update(change: (document: ContextsDocument) => ContextsDocument): Promise<void>
}
