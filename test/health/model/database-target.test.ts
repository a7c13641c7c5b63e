import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WcnError } from '../../../src/errors/wcn-error.js'
import { parseDatabaseTarget } from '../../../src/health/model/database-target.js'
import { sentenceOf } from '../../support/thrown.js'

describe('parseDatabaseTarget', () => {
  it("takes an address, with the onboarding document's ports", () => {
    expect(parseDatabaseTarget('127.0.0.7', '--database')).toEqual({
      label: '127.0.0.7',
      host: '127.0.0.7',
      ports: [
        { id: 'database[127.0.0.7].primary', port: 3000, api: 'Database' },
        { id: 'database[127.0.0.7].secondary', port: 3001, api: 'Metrics' },
      ],
      metricsPort: 3002,
    })
  })

  it('takes a port of its own, over UDP and TCP', () => {
    expect(parseDatabaseTarget('127.0.0.7:3100', '--database')).toEqual({
      label: '127.0.0.7:3100',
      host: '127.0.0.7',
      ports: [{ id: 'database[127.0.0.7:3100]', port: 3100, api: 'Database' }],
      metricsPort: 3100,
    })
  })

  it.each([
    ['', /IP_ADDRESS_INVALID.*--database.*expected/],
    ['db.internal', /IP_ADDRESS_INVALID.*host name/],
    ['db.internal:3000', /IP_ADDRESS_INVALID.*host name/],
    ['localhost', /IP_ADDRESS_INVALID.*host name/],
    ['::1', /IP_ADDRESS_INVALID.*IPv6/],
    ['2001:db8::7', /IP_ADDRESS_INVALID.*IPv6/],
    ['[2001:db8::7]:3000', /IP_ADDRESS_INVALID.*IPv6/],
    ['10.0.0.0/8', /IP_ADDRESS_INVALID.*range/],
    ['10.0.0.0/8:3000', /IP_ADDRESS_INVALID.*range/],
    ['010.0.0.1', /IP_ADDRESS_INVALID.*octal/],
    ['0.0.0.0', /IP_ADDRESS_INVALID.*no machine has/],
    ['255.255.255.255:3000', /IP_ADDRESS_INVALID.*no machine has/],
    ['203.0.113.20', /IP_ADDRESS_INVALID.*documentation address: nobody answers there/],
    ['192.0.2.1:3000', /IP_ADDRESS_INVALID.*documentation address/],
    ['10.0.0.1:', /PORT_INVALID.*the port of --database/],
    ['10.0.0.1:0', /PORT_INVALID.*out of range/],
    ['10.0.0.1:65536', /PORT_INVALID.*out of range/],
    ['10.0.0.1:3000-3001', /PORT_INVALID/],
    ['10.0.0.1:3000:3001', /IP_ADDRESS_INVALID/],
    ['udp://10.0.0.1:3000', /USAGE.*URL/],
    ['http://10.0.0.1:3002/metrics', /USAGE.*URL/],
  ])('refuses %j', (text, sentence) => {
    expect(sentenceOf(() => parseDatabaseTarget(text, '--database'))).toMatch(sentence)
  })

  it('refuses everything else with a sentence', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseDatabaseTarget(text, '--database')
        } catch (error) {
          expect(error).toBeInstanceOf(WcnError)
        }
      }),
    )
  })
})
