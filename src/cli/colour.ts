/**
 * Whether output is coloured: the first of these that is set decides, and an empty variable counts as not set (no-color.org,
 * force-color.org, bixense.com/clicolors; chalk and Node take FORCE_COLOR=0 and =false for off).
 */
type Variables = Readonly<Record<string, string | undefined>>

const OFF = /^(?:0+|false|no|off|never)$/i

/** `noColour`: the flag. Variables as they are in the environment. */
export function isColoured(noColour: boolean, variables: Variables, terminal: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR } = variables
  if (noColour || NO_COLOR) return false
  if (FORCE_COLOR) return !OFF.test(FORCE_COLOR)
  if (CLICOLOR_FORCE && !OFF.test(CLICOLOR_FORCE)) return true
  if (CLICOLOR && OFF.test(CLICOLOR)) return false
  return terminal && movesCursor(variables)
}

/** Whether a terminal does more than print one line below the other. */
export function movesCursor({ TERM }: Variables): boolean {
  return TERM !== 'dumb'
}
