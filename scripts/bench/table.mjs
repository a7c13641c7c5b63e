// The bench's table: what was measured, the goal, and how much of the goal it takes.
export const ms = (value) => `${Math.round(value)} ms`
const rows = []

/**
 * `figure` is the text to show. With a goal, in the same unit as `value`, the share of it: over 1.00 is over the goal.
 * `note`: in the goal's place, or after it.
 */
export function row(what, figure, { value, goal, unit = '', note = '' } = {}) {
  const aim = goal === undefined ? note : [`≤ ${goal}${unit}`, note].filter((part) => part !== '').join('; ')
  rows.push([what, figure, aim, goal === undefined ? '' : (value / goal).toFixed(2)])
}

export function table() {
  const lines = [['measure', 'this run', 'goal or comparison', 'of the goal'], ['---', '---', '---', '---'], ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}
