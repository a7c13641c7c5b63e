/** Answers that come compressed though that was not asked for: some proxies do it whatever they are asked. */
import zlib from 'node:zlib'

const DECODERS: Readonly<Record<string, (body: Buffer, options: zlib.BrotliOptions & zlib.ZlibOptions) => Buffer>> = {
  gzip: zlib.gunzipSync,
  'x-gzip': zlib.gunzipSync,
  br: zlib.brotliDecompressSync,
  deflate(body, options) {
    // By its standard in zlib's own format; some servers leave that out.
    const isZlib = ((body[0] ?? 0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0
    return isZlib ? zlib.inflateSync(body, options) : zlib.inflateRawSync(body, options)
  },
  identity: (body) => body,
}

/** `most`: bytes that may come of it. Undefined where it is not in this encoding; null where it is more. */
export function decoded(body: Buffer, encoding: string, most: number): Buffer | null | undefined {
  let bytes = body
  // The last one that was put on comes off first.
  for (const name of encoding.toLowerCase().split(',').reverse()) {
    const decode = DECODERS[name.trim()]
    if (!decode) return undefined
    try {
      bytes = decode(bytes, { maxOutputLength: most })
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? null : undefined
    }
  }
  return bytes
}
