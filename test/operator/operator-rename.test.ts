import { describe, expect, it } from 'vitest'
import { checksumAddress } from '../../src/base/address.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { rejectedBy } from '../support/rejected.js'
import { blob, member, OWN_NODES, useRealCluster } from '../support/use-real-cluster.js'

const { services, stored, ownerWrites, transactionCount } = useRealCluster()
const clients = [{ peerId: OWN_NODES[0]!.peerId, namespaces: [1] }]

describe('operator rename', () => {
  it.each([
    ['plain', 'acme'],
    ['of 32 bytes', `${'日'.repeat(10)}ab`],
    ['with what a shell would act on', '$(x) `y` "z" \\'],
  ])('to a name %s changes the name alone', async (_, newName) => {
    await ownerWrites(blob('old', OWN_NODES, clients))
    const { data } = await rename(services().services, { newName })
    expect(await stored()).toMatchObject({ name: newName, nodes: OWN_NODES, clients })
    expect(data.changes).toEqual([{ op: 'update', path: 'name', before: 'old', after: newName }])
  })

  it('takes the name as the Rust tool does', async () => {
    await rename(services().services, { name: 'acme' })
    expect((await stored()).name).toBe('acme')
  })

  it('points out a name that looks like another’s', async () => {
    const { services: tool, said } = services()
    await rename(tool, { newName: 'Мember 1' })
    expect(said).toContain(
      `warning: the name "\\u{41c}ember 1" looks like "member 1", that of operator ${checksumAddress(member(1))} in slot 1`,
    )
    const again = services()
    await rename(again.services, { newName: 'nobody else' })
    expect(again.said.join()).not.toContain('warning')
  })

  it('replaces a name that was too long to be written today', async () => {
    await ownerWrites(blob('x'.repeat(60), OWN_NODES))
    await rename(services().services, { newName: 'short' })
    expect((await stored()).name).toBe('short')
  })

  it.each([
    ['33 bytes', { newName: 'x'.repeat(33) }, 'NAME_TOO_LONG', /33 bytes/],
    ['33 bytes in 17 characters', { newName: `x${'é'.repeat(16)}` }, 'NAME_TOO_LONG', /33 bytes/],
    ['half a character', { newName: '\ud83e' }, 'NAME_INVALID', /U\+D83E/],
    ['what a terminal would act on', { newName: 'a\u001b[2J' }, 'NAME_INVALID', /U\+001B/],
    ['what turns a line around', { newName: 'a\u202eb' }, 'NAME_INVALID', /U\+202E/],
    ['nothing to be seen', { newName: '\u3164' }, 'NAME_INVALID', /U\+3164/],
    ['spaces', { newName: '  ' }, 'NAME_INVALID', /blank/],
    ['no name', {}, 'USAGE', /missing/],
    ['an empty name', { newName: '' }, 'USAGE', /empty/],
    ['two names', { newName: 'a', name: 'b' }, 'USAGE', /two different/],
  ])('refuses: %s', async (_, input, code, sentence) => {
    const error = await rejectedBy(rename(services().services, input))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(sentence)
    expect(await transactionCount()).toBe(0)
  })
})
