/** Scrubs registered secrets from whatever leaves on stderr or in an error document (design/reliability.md 6). */
const SHORTEST_SECRET = 6

export interface Redactor {
  register(secret: string): void
  scrub(text: string): string
}

export function createRedactor(): Redactor {
  const secrets = new Set<string>()
  return {
    register(secret) {
      const text = secret.trim()
      for (const form of [text, ...hexForms(text), ...urlParts(text)])
        if (form.length >= SHORTEST_SECRET) secrets.add(form)
    },
    scrub(text) {
      let scrubbed = text
      // Longest first, so that a part of a secret doesn't spoil the match of the whole.
      for (const secret of [...secrets].sort((a, b) => b.length - a.length))
        scrubbed = scrubbed.replaceAll(secret, '[redacted]')
      return scrubbed
    },
  }
}

/** Libraries put `0x` before a key or take it off, and write it in lower case. */
function hexForms(text: string): readonly string[] {
  const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(text)?.[1]
  return digits === undefined ? [] : [digits, digits.toLowerCase(), digits.toUpperCase()]
}

/** A provider's token sits in the user part, the path or the query of its URL; the host may be shown. */
function urlParts(text: string): readonly string[] {
  if (!/^(?:https?|wss?):\/\//.test(text) || !URL.canParse(text)) return []
  const url = new URL(text)
  return [url.username, url.password, ...url.pathname.split('/'), url.search, ...url.searchParams.values()].filter(
    (part) => part.length >= SHORTEST_SECRET && part !== 'mainnet' && part !== 'optimism',
  )
}
