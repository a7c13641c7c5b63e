/** A service's metrics server: plain HTTP on its metrics port (docs/dev/network/node-protocol.md, "Metrics"). */
export interface Metrics {
  /** The text of `/metrics`; null where nothing answers in time or what answers is no text of bearable size. */
  read(host: string, port: number): Promise<string | null>
}
