/** That the check against the schemas finds mistakes at all. */
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { describe, expect, it } from 'vitest'
import { manifestsOf, ON_HOSTS, podOf } from '../../support/kubernetes-manifests.js'
import { schemaFaults } from '../../support/kubernetes-schema.js'

describe('the schemas', () => {
  const set = () => structuredClone(manifestsOf(ON_HOSTS).get('StatefulSet', 'wcn-db'))
  it.each<[string, (manifest: IStatefulSet) => void, RegExp]>([
    [
      'a misspelled field',
      (one) => Object.assign(one.spec ?? {}, { serviceNam: 'x' }),
      /unknown field \/spec\/serviceNam/,
    ],
    [
      'a misspelled field of a container',
      (one) => Object.assign(podOf(one).container, { readynessProbe: {} }),
      /unknown field \/spec\/template\/spec\/containers\/0\/readynessProbe/,
    ],
    [
      'a field in the wrong place',
      (one) => Object.assign(podOf(one).spec, { allowPrivilegeEscalation: false }),
      /unknown field .*\/allowPrivilegeEscalation/,
    ],
    [
      'a misspelled field of a probe',
      (one) => Object.assign(podOf(one).container.startupProbe ?? {}, { periodSecond: 1 }),
      /unknown field .*\/startupProbe\/periodSecond/,
    ],
    [
      'a number for text',
      (one) => Object.assign(podOf(one).container.env?.[1] ?? {}, { value: 3000 }),
      /env\/1\/value must be string/,
    ],
    [
      'text for a number',
      (one) => Object.assign(podOf(one).container.ports?.[0] ?? {}, { containerPort: '3000' }),
      /containerPort must be integer/,
    ],
    ['a field that is missing', (one) => Object.assign(one.spec ?? {}, { template: undefined }), /template/],
    [
      'another version',
      (one) => Object.assign(one, { apiVersion: 'apps/v1beta9' }),
      /no schema for apps\/v1beta9 StatefulSet/,
    ],
  ])('find %s', (_, spoil, fault) => {
    const manifest = set()
    expect(schemaFaults(manifest)).toEqual([])
    spoil(manifest)
    expect(schemaFaults(manifest).join('\n')).toMatch(fault)
  })
})
