/**
 * The bytes of the QUIC addon that are loaded: native code runs with all rights of the process
 * (docs/dev/dependencies.md). SHA-256 of each platform's program, for the platforms whose program was looked at; the
 * package's optionalDependencies are these, and no others.
 */
export const ADDON_VERSION = '1.1.8'

export const KNOWN_ADDONS: Readonly<Record<string, string>> = {
  'linux-x64-gnu': 'e147a9931452458645f0d46c9a76f09f56b543e3389cac7de9f33e8d3cf13e7b',
  'linux-x64-musl': 'a96fb8a1e0478104268fc698a2db478aaff4398d5b25b33477e00b61914e6df9',
}
