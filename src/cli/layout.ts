/**
 * Lays out tables and fields for a width: tables shorten IDs, then leave columns out, then wrap cells, and at last become
 * records. Where the width is not known (a pipe, --wide) it is infinite, and nothing changes.
 */
import displayWidth from 'fast-string-width'
import { fitText, withShortIds, wrapped } from './wrap.js'

export type Row = readonly string[]
export type Fields = readonly (readonly [label: string, value: string])[]
type Style = (text: string) => string

const GAP = '  '
/** Less room than this is none for a value beside its label. */
const LEAST_ROOM = 20

/** `label  value` lines with aligned values. */
export function fieldsText(rows: Fields, width: number, dim: Style): string {
  const labels = Math.max(0, ...rows.map(([label]) => displayWidth(label)))
  const room = width - labels - GAP.length
  return rows
    .map(([label, value]) => {
      const whole = `${padded(dim(label), labels)}${GAP}${value}`.trimEnd()
      if (displayWidth(whole) <= width) return whole
      if (room < LEAST_ROOM)
        return [dim(label), ...wrapped(value, width - GAP.length).map((line) => GAP + line)].join('\n')
      return wrapped(value, room)
        .map((line, index) => padded(index === 0 ? dim(label) : '', labels) + GAP + line)
        .join('\n')
    })
    .join('\n')
}

/** Without titles there is no head. A title that ends with `?` is that of a column which may be left out: from the last to the first, if it has to be. */
export function tableText(columns: Row, rows: readonly Row[], width: number, dim: Style): string {
  const titles = columns.map((column) => column.replace(/\?$/, ''))
  const head = titles.map((title) => dim(title))
  let grid: readonly Row[] = columns.length === 0 ? rows : [head, ...rows]
  if (widthOf(grid) > width) grid = grid.map((row) => row.map(withShortIds))
  const hidden: string[] = []
  for (let index = columns.length - 1; index >= 0 && widthOf(grid) > width; index--)
    if (columns[index]?.endsWith('?')) {
      hidden.unshift(titles[index] ?? '')
      grid = grid.map((row) => row.toSpliced(index, 1))
    }
  const widths = roomsFor(grid, width)
  if (widths === null && columns.length > 0) return records(titles, rows, width, dim)
  if (widths === null) return fitText(grid.map((row) => row.filter(Boolean).join(GAP)).join('\n'), width)
  const note = hidden.length === 0 ? [] : [dim(fitText(`not shown: ${hidden.join(', ')} (--wide shows all)`, width))]
  return [...grid.flatMap((row) => linesOf(row, widths)), ...note].join('\n')
}

function records(titles: Row, rows: readonly Row[], width: number, dim: Style): string {
  const pairs = (row: Row) => row.flatMap((cell, index) => (cell === '' ? [] : [[titles[index] ?? '', cell] as const]))
  return rows.map((row) => fieldsText(pairs(row), width, dim)).join('\n\n')
}

function linesOf(row: Row, widths: readonly number[]): readonly string[] {
  const cells = row.map((cell, index) => {
    const room = widths[index] ?? 0
    return displayWidth(cell) <= room ? [cell] : wrapped(cell, room)
  })
  const height = Math.max(1, ...cells.map(({ length }) => length))
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, index) => padded(cell[line] ?? '', widths[index] ?? 0))
      .join(GAP)
      .trimEnd(),
  )
}

/** The widest columns give way first, no further than to their longest word. Null: that is not enough. */
function roomsFor(grid: readonly Row[], width: number): readonly number[] | null {
  const widths = columnWidths(grid, displayWidth)
  const least = columnWidths(grid, (cell) => Math.max(0, ...cell.split(' ').map((word) => displayWidth(word))))
  for (let over = totalOf(widths) - width; over > 0; over--) {
    const spare = widths.map((room, index) => (room > (least[index] ?? 0) ? room : 0))
    const widest = Math.max(0, ...spare)
    if (widest === 0) return null
    widths[spare.indexOf(widest)] = widest - 1
  }
  return widths
}

function columnWidths(grid: readonly Row[], measure: (cell: string) => number): number[] {
  const widths: number[] = []
  for (const row of grid)
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, measure(cell))
    })
  return widths
}

function widthOf(grid: readonly Row[]): number {
  return totalOf(columnWidths(grid, displayWidth))
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, room) => sum + room, 0) + GAP.length * Math.max(0, widths.length - 1)
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}
