/** What a real node answered over its own API: the same blobs as on chain, as arrays of bytes. */
import { describe, expect, it } from 'vitest'
import { decodeOperatorData, encodeOperatorData } from '../../../src/cluster/codec/operator-data.js'
import { DEFAULT_SETTINGS, decodeSettingsData } from '../../../src/cluster/codec/settings-data.js'
import { readVectors } from '../../support/vectors.js'

interface ApiView {
  readonly Ok: {
    readonly settings: { readonly extra: readonly number[] }
    readonly node_operators: readonly ({ readonly data: readonly number[] } | null)[]
  }
}

const view = readVectors<ApiView>('cluster-api-view').Ok

describe("the view of a real node's API", () => {
  it('holds operator data that decodes and encodes to the same bytes', () => {
    const operators = view.node_operators.filter((operator) => operator !== null)
    expect(operators.length).toBeGreaterThanOrEqual(5)
    for (const { data } of operators) {
      const decoded = decodeOperatorData(Uint8Array.from(data))
      expect(decoded).toMatchObject({ schema: 1, trailingBytes: 0, name: expect.stringMatching(/^Operator\d$/) })
      expect([...encodeOperatorData(decoded)]).toEqual(data)
    }
  })

  it('holds the settings of a new deployment', () => {
    expect(decodeSettingsData(Uint8Array.from(view.settings.extra)).settings).toEqual(DEFAULT_SETTINGS)
  })
})
