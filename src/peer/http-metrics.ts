/**
 * Reads a service's metrics server: plain HTTP on its metrics port (docs/dev/network/node-protocol.md, "Metrics"). Whatever
 * listens there is not trusted: bounded in time and size, never redirected.
 */
import { get } from 'node:http'

const TIMEOUT_MS = 3_000
const MAX_BYTES = 4 * 1024 * 1024

export type Metrics = ReturnType<typeof httpMetrics>

export const httpMetrics = (timeoutMs = TIMEOUT_MS) => ({
  /** The text of `/metrics`; null where nothing answers in time or what answers is no text of bearable size. */
  read: (host: string, port: number): Promise<string | null> =>
    new Promise((resolve) => {
      const parts: Buffer[] = []
      let bytes = 0
      const request = get({ host, port, path: '/metrics', agent: false }, (response) => {
        if (response.statusCode !== 200) return end(null)
        response.on('data', (part: Buffer) => {
          bytes += part.length
          if (bytes > MAX_BYTES) end(null)
          else parts.push(part)
        })
        response.on('end', () => end(Buffer.concat(parts).toString('utf8')))
        response.on('error', () => end(null))
      })
      const timer = setTimeout(() => end(null), timeoutMs)
      const end = (text: string | null) => {
        clearTimeout(timer)
        request.destroy()
        resolve(text)
      }
      request.on('error', () => end(null))
    }),
})
