/** Breaks prose for a width between words, never inside one, and never where a command would come to mean another. */
import displayWidth from 'fast-string-width'
import { wrapAnsi } from 'fast-wrap-ansi'

const COLOUR = '\\u001b\\[[\\d;]*m'
/** What can be told from its ends: hashes and addresses, and peer IDs in base58. */
const ID = new RegExp(`${COLOUR}|0x[\\da-f]{40,}|[1-9A-HJ-NP-Za-km-z]{46,}`, 'gi')
const WORD = new RegExp(`${COLOUR}|[^\\s\\u001b]+`, 'g')
/** Spaces in front, and a word that stands before a gap, such as `FAIL  `: what follows goes on below itself. */
const HEAD = new RegExp(`^(?:${COLOUR}| )*(?:(?:${COLOUR}|[^ \\u001b])+(?:${COLOUR})* {2,})?`)
/** What is to be typed: between backticks, or the rest of a line from `wcn` on. */
const COMMAND = new RegExp(`(\`[^\`]+\`|(?<=(?:^|: )(?:${COLOUR})*)wcn .*$)`)
const QUOTED = /'[^']*'|"[^"]*"/g
const FLAG_WITH_VALUE = /--?[\w-]+ [^ -][^ ]*/g
/** Keeps words together while the lines are made. Nothing that is shown has any: the escaper sees to it. */
const TIE = '\u00a0'

/** Every line that is too wide goes on in the next, under its own beginning. */
export function fitText(text: string, width: number): string {
  const fit = (line: string) => {
    if (displayWidth(line) <= width) return line
    const [head = ''] = HEAD.exec(line) ?? []
    const indent = Math.min(displayWidth(head), Math.floor(width / 2))
    // What a head holds of colour goes on in the text behind it.
    const [first = '', ...more] = wrapped(line.slice(head.length), width - indent)
    return displayWidth(head) > indent
      ? wrapped(line, width).join('\n')
      : [head + first, ...more.map((next) => ' '.repeat(indent) + next)].join('\n')
  }
  return Number.isFinite(width) ? text.split('\n').map(fit).join('\n') : text
}

export function withShortIds(text: string): string {
  return text.replace(ID, (id) => {
    if (id.startsWith('\u001b')) return id
    return id.startsWith('0x') ? `${id.slice(0, 6)}…${id.slice(-4)}` : `${id.slice(0, 8)}…${id.slice(-6)}`
  })
}

export function wrapped(text: string, room: number): readonly string[] {
  const tied = text
    .split(COMMAND)
    .map((part, index) => (index % 2 === 1 ? tiedCommand(part, room) : shortWords(part, room)))
    .join('')
  return wrapAnsi(tied, room).replaceAll(TIE, ' ').split('\n')
}

/** In one piece, or in several that a shell takes for one. */
function tiedCommand(command: string, room: number): string {
  const tie = (part: string) => part.replaceAll(' ', TIE)
  if (displayWidth(command) <= room) return tie(command)
  const most = room - ' \\'.length
  const words = command
    .replace(QUOTED, tie)
    .replace(FLAG_WITH_VALUE, (pair) => (displayWidth(pair) <= most ? tie(pair) : pair))
  const lines = wrapAnsi(words, most).split('\n')
  return tie(lines.join(' \\\n'))
}

/** What has no room in a line of its own shows its ends. */
function shortWords(text: string, room: number): string {
  return text.replace(WORD, (word) => {
    if (word.startsWith('\u001b') || displayWidth(word) <= room) return word
    const short = withShortIds(word)
    return displayWidth(short) <= room ? short : withoutMiddle(short, room)
  })
}

const lettersOf = (text: string) => [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)

/** How many of the letters have room. */
function most(among: readonly string[], width: number): number {
  let used = 0
  return among.findIndex((letter) => {
    used += displayWidth(letter)
    return used > width
  })
}

/** One line without colours, as much of it as there is room for. */
export function cutTo(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  const letters = lettersOf(text)
  return `${letters.slice(0, most(letters, width - 1)).join('')}…`
}

function withoutMiddle(word: string, room: number): string {
  const letters = lettersOf(word)
  const head = letters.slice(0, most(letters, Math.ceil((room - 1) / 2)))
  const tail = letters.slice(letters.length - most(letters.toReversed(), Math.floor((room - 1) / 2)))
  return `${head.join('')}…${tail.join('')}`
}
