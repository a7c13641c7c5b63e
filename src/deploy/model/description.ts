/**
 * A deployment description as it is written: field names are those of the file, values are still text. It holds paths
 * of key files, never keys.
 */
type PortText = string | number

export interface ServiceDescription {
  readonly primary_port?: PortText | undefined
  readonly secondary_port?: PortText | undefined
  readonly metrics_port?: PortText | undefined
  /** The machine it runs on, any text: services with the same host must not share a port. */
  readonly host?: string | undefined
  readonly secret_key_file?: string | undefined
  readonly peer_id?: string | undefined
  /** Where Prometheus reaches its metrics server: a host name or an address. */
  readonly metrics_address?: string | undefined
  /** Optional variables of the service, by their own names. */
  readonly env?: Readonly<Record<string, string | number | boolean>> | undefined
}

interface DatabaseDescription extends ServiceDescription {
  /** IPv4 in the private network, at which the nodes reach the database. */
  readonly address: string
  readonly rocksdb_dir?: string | undefined
}

export interface NodeDescription extends ServiceDescription {
  readonly name: string
  readonly primary?: boolean | undefined
  /** Public IPv4, as on chain. */
  readonly ipv4_addr?: string | undefined
}

export interface Description {
  readonly contract_address?: string | undefined
  readonly rpc_url?: string | undefined
  readonly rpc_url_file?: string | undefined
  readonly operator?: string | undefined
  readonly encryption_key_file?: string | undefined
  readonly operator_key_file?: string | undefined
  readonly database: DatabaseDescription
  readonly nodes: readonly NodeDescription[]
  /** For compose and Kubernetes: one tag for both, or whole references. */
  readonly images?: ImagesDescription | undefined
  readonly compose?: ComposeDescription | undefined
  readonly systemd?: SystemdDescription | undefined
  readonly kubernetes?: KubernetesDescription | undefined
}

interface ImagesDescription {
  readonly tag?: string | number | undefined
  readonly database?: string | undefined
  readonly node?: string | undefined
}

interface ComposeDescription {
  readonly project?: string | undefined
  readonly subnet?: string | undefined
}

interface SystemdDescription {
  readonly user?: string | undefined
  readonly env_dir?: string | undefined
  readonly database_binary?: string | undefined
  readonly node_binary?: string | undefined
}

interface KubernetesDescription {
  readonly namespace?: string | undefined
  readonly exposure?: string | undefined
  readonly host_cidrs?: readonly string[] | undefined
  readonly storage?: string | undefined
  readonly storage_class?: string | undefined
}

/** Says where a value came from: a file's line or a flag. */
export type Where = (path: readonly (string | number)[]) => string
