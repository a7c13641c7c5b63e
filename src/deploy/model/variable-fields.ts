/** Which field of a description says the value of a variable; the optional ones are under `env` by their own names. */
type Fields = Readonly<Record<string, string>>

/** Of the service that has the variable. */
export const SERVICE_VARIABLES: Fields = {
  PRIMARY_RPC_SERVER_PORT: 'primary_port',
  SECONDARY_RPC_SERVER_PORT: 'secondary_port',
  METRICS_SERVER_PORT: 'metrics_port',
  ROCKSDB_DIR: 'rocksdb_dir',
}

/** Of the database, as nodes are told of it. */
export const DATABASE_VARIABLES: Fields = {
  DATABASE_RPC_SERVER_ADDRESS: 'address',
  DATABASE_PRIMARY_RPC_SERVER_PORT: 'primary_port',
  DATABASE_SECONDARY_RPC_SERVER_PORT: 'secondary_port',
}
