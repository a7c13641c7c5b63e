/**
 * The bytes of the QUIC addon that are loaded: native code runs with all rights of the process, and the lock file has no
 * integrity for most platforms (docs/dev/dependencies.md). SHA-256 of each platform's program; null: nobody here has
 * seen it, so what is installed under that name can't be told from anything else.
 */
export const ADDON_VERSION = '1.1.8'

export const KNOWN_ADDONS: Readonly<Record<string, string | null>> = {
  'darwin-arm64': null,
  'darwin-x64': null,
  'linux-arm64-gnu': null,
  'linux-arm64-musl': null,
  'linux-x64-gnu': 'e147a9931452458645f0d46c9a76f09f56b543e3389cac7de9f33e8d3cf13e7b',
  'linux-x64-musl': 'a96fb8a1e0478104268fc698a2db478aaff4398d5b25b33477e00b61914e6df9',
  'win32-x64-msvc': null,
}
