import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DatabaseProof, endInWords, ON_FAILURE, slotVerdict } from '../../../src/maintenance/model/slot.js'

const proofs: fc.Arbitrary<DatabaseProof> = fc.oneof(
  fc.constant({ kind: 'up', by: 'nodes[0]' } as const),
  fc.constant({ kind: 'not-asked' } as const),
  fc.string().map((why) => ({ kind: 'not-up', why }) as const),
)
const facts = fc.record({
  succeeded: fc.boolean(),
  groupGone: fc.boolean(),
  database: proofs,
  onFailure: fc.constantFrom(...ON_FAILURE),
})

describe('the slot', () => {
  it('is never given back while anything of the command runs', () => {
    fc.assert(fc.property(facts, (all) => slotVerdict(all).giveBack === false || all.groupGone))
  })

  it('is given back without --on-failure release only where the database is up, or said to be', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const { giveBack, safe } = slotVerdict({ ...all, onFailure: 'keep' })
        expect(giveBack).toBe(safe)
        if (!giveBack) return
        expect(all.database.kind === 'up' || (all.database.kind === 'not-asked' && all.succeeded)).toBe(true)
      }),
    )
  })

  it('is given back by --on-failure release once the command is gone, and no less safe than without it', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const verdict = slotVerdict({ ...all, onFailure: 'release' })
        expect(verdict.giveBack).toBe(all.groupGone)
        expect(verdict.safe).toBe(slotVerdict({ ...all, onFailure: 'keep' }).safe)
      }),
    )
  })

  it('is kept where a database that was asked for is down, though the command succeeded', () => {
    const all = {
      succeeded: true,
      groupGone: true,
      onFailure: 'keep',
      database: { kind: 'not-up', why: 'gone' },
    } as const
    expect(slotVerdict(all)).toEqual({ giveBack: false, safe: false, why: 'the database is not seen to be up: gone' })
  })
})

it('says how a command ended', () => {
  expect(endInWords({ exitCode: 0, signal: null })).toBe('succeeded')
  expect(endInWords({ exitCode: 3, signal: null })).toBe('exited with 3')
  expect(endInWords({ exitCode: null, signal: 'SIGKILL' })).toBe('was ended by SIGKILL')
})
