/**
 * Names that people take for the same. Operators are told apart by their names, and anybody may choose one: equal after
 * compatibility composition (NFKC), without what is not seen, in one case, and with letters of other scripts that are
 * drawn alike read as the Latin ones.
 */
import { type Address, checksumAddress } from '../base/address.js'
import { UNSEEN } from '../base/unseen.js'
import type { OperatorSlot } from './cluster-view.js'

/** Spaces and what no character is assigned to as well. */
const NOT_DRAWN = new RegExp(`[${UNSEEN}\\p{C}\\p{Z}]`, 'gu')
/** Cyrillic, Greek, Armenian and others, each before its Latin likeness. */
const DRAWN_ALIKE =
  'аa еe оo рp сc уy хx іi јj ѕs ԁd һh ԛq ԝw кk ӏl ɑa ɡg ıi αa οo νv ρp ιi κk υu γy χx ωw օo հh ոn սu ' +
  'АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS ԜW ҮY ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX'
const LATIN: ReadonlyMap<string, string> = new Map(
  DRAWN_ALIKE.split(' ').map((pair) => [...pair] as unknown as [string, string]),
)

/** Equal for names that look alike. */
export function likeness(name: string): string {
  const latin = [...name.normalize('NFKC').replace(NOT_DRAWN, '')].map((letter) => LATIN.get(letter) ?? letter).join('')
  return latin
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[1i|]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
}

/** A sentence for each other operator whose name looks like this one. */
export function namesAlike(
  operators: readonly OperatorSlot[],
  own: { readonly name: string; readonly operator: Address },
): readonly string[] {
  const alike = likeness(own.name)
  return operators.flatMap(({ id, slot, decoded }) => {
    if (id === own.operator || decoded === null || likeness(decoded.name) !== alike) return []
    const { name } = decoded
    const other = `operator ${checksumAddress(id)} in slot ${slot}`
    return name === own.name
      ? `${other} has the name ${spelled(name)} as well`
      : `the name ${spelled(own.name)} looks like ${spelled(name)}, that of ${other}`
  })
}

/** By slot, the slots of those that look alike. */
export function alikeBySlot(operators: readonly OperatorSlot[]): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<string, number[]>()
  for (const { slot, decoded } of operators)
    if (decoded) {
      const key = likeness(decoded.name)
      groups.set(key, [...(groups.get(key) ?? []), slot])
    }
  return new Map(
    [...groups.values()].flatMap((slots) => slots.map((slot) => [slot, slots.filter((other) => other !== slot)])),
  )
}

/** In quotes, and so that a difference is seen: letters beyond ASCII by their numbers. */
function spelled(name: string): string {
  return JSON.stringify(name).replace(/[^ -~]/gu, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`)
}
