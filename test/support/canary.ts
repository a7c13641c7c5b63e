/** Secrets that tests put into every place where one may be, and look for wherever none belongs. */

export interface Canary {
  /** By what they are. */
  readonly secrets: Map<string, string>
  /** Which of them a text holds, whole or as far as somebody could guess the rest. */
  secretsIn(text: string): readonly string[]
}

export function canary(secrets: Map<string, string> = new Map()): Canary {
  const enough = (secret: string) => (secret.length > 30 ? secret.slice(0, 24) : secret).toLowerCase()
  return {
    secrets,
    secretsIn(text) {
      const lower = text.toLowerCase()
      return [...secrets].filter(([, secret]) => lower.includes(enough(secret))).map(([name]) => name)
    },
  }
}
