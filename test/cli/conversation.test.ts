import { describe, expect, it } from 'vitest'
import { type ConversationOptions, createConversation } from '../../src/cli/conversation.js'
import { plainPaint } from '../../src/cli/paint.js'
import { createStatusLine } from '../../src/cli/status-line.js'
import { rejectedBy } from '../support/rejected.js'

function talk(options: Partial<ConversationOptions> = {}) {
  let written = ''
  const conversation = createConversation({
    interactive: false,
    consented: false,
    quiet: false,
    line: null,
    write: (text) => {
      written += text
    },
    paint: plainPaint,
    onSecret: () => {},
    ...options,
  })
  return { ...conversation, written: () => written }
}

describe('where nobody can be asked', () => {
  it('a question for consent is an error that names the flag', async () => {
    const error = await rejectedBy(talk().confirm('Send?'))
    expect(error.code).toBe('CONFIRMATION_REQUIRED')
    expect(error.hint).toContain('--yes')
  })

  it('a question for a value is an error that says what to do instead', async () => {
    const error = await rejectedBy(talk().askHidden('Key?', 'give --private-key-file'))
    expect(error).toMatchObject({ code: 'INPUT_REQUIRED', hint: 'give --private-key-file' })
  })

  it('questions with a shown answer are errors that say what to do instead, too', async () => {
    const { ask, choose } = talk()
    for (const asking of [
      ask({ text: 'Name?', default: 'x' }, 'give --name'),
      choose({ text: 'Which?', options: [] }, 'give --name'),
    ])
      expect(await rejectedBy(asking)).toMatchObject({ code: 'INPUT_REQUIRED', hint: 'give --name' })
  })

  it('consent given beforehand is consent, and does not answer other questions', async () => {
    const { confirm, askHidden, written } = talk({ consented: true })
    expect(await confirm('Send?')).toBe(true)
    expect((await rejectedBy(askHidden('Key?', 'x'))).code).toBe('INPUT_REQUIRED')
    expect(written()).toBe('')
  })
})

it('consent given beforehand is not asked for on a terminal either', async () => {
  expect(await talk({ interactive: true, consented: true }).confirm('Send?')).toBe(true)
})

describe('what is said', () => {
  it('is made harmless', () => {
    const { note, warn, written } = talk()
    note('one\ntwo\u001b[31m')
    warn('three\u202e')
    expect(written()).toBe('one\\u{a}two\\u{1b}[31m\nwarning: three\\u{202e}\n')
  })

  it('with --quiet is warnings and previews only', async () => {
    const drawn = createStatusLine(
      () => {},
      () => 80,
    )
    const { note, warn, preview, line, written } = talk({ quiet: true, line: drawn })
    note('working')
    expect(line).toBeNull()
    expect(written()).toBe('')
    warn('careful')
    const target = { chain_id: 10, contract: null, source: null }
    await preview({
      title: 'a write',
      target,
      changes: [],
      cost: { gas: 1n, executionFeeWei: 1n, l1FeeWei: 0n, operatorFeeWei: 0n },
      balanceWei: 10n,
    })
    expect(written()).toMatch(/^warning: careful\na write\na new cluster on chain 10\nno changes\ncost at most /)
  })
})

it('what is drawn over itself makes room for what is said', () => {
  let screen = ''
  const write = (text: string) => {
    screen += text
  }
  const drawn = createStatusLine(write, () => 80)
  const { note, line } = talk({ line: drawn, write })
  line?.show({}, 'waiting')
  note('there')
  note('here')
  expect(screen).toBe('\rwaiting\u001b[K\r\u001b[Kthere\nhere\n')
})
