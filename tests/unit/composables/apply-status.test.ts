import { describe, expect, it } from 'vitest'
import {
  applyStatus,
  innermost,
  percentText,
  shareOff,
  totalsOf,
  type AreaSummary,
} from '../../../composables/map/apply-status.ts'
import { shareClass } from '../../../composables/map/share-class.ts'
import type { DeviceState, StatusEvent } from '../../../shared/api/map.ts'

const area = (area_id: string, facts: Partial<AreaSummary> = {}): AreaSummary => ({
  area_id,
  name: area_id,
  parent_id: null,
  kind: 'district',
  counts: { on: 3, off: 1, silent: 1 },
  customers_off: 40,
  customers_served: 200,
  ...facts,
})
const event = (state: DeviceState): StatusEvent => ({
  device_id: '0123456789ABCDEF01',
  area_id: 'lane',
  state,
  since: '2026-11-21T05:30:00Z',
  latitude: null,
  longitude: null,
  customers_served: 40,
})
const lane = area('lane', { parent_id: 'town' })
const areas = [area('town'), lane, area('elsewhere')]
const known = (state: DeviceState) => ({ areaId: 'lane', state, customersServed: 40 })

describe('a device that changes its state', () => {
  it('moves from one count to the other in its area and in those around it, and nowhere else', () => {
    const [town, changed, elsewhere] = applyStatus(areas, known('on'), event('off'))
    for (const touched of [town, changed]) {
      expect(touched?.counts).toEqual({ on: 2, off: 2, silent: 1 })
      expect(touched?.customers_off).toBe(80)
    }
    expect(elsewhere).toBe(areas[2])
  })

  it('takes its customers out of the outage when mains are back, and when it falls silent', () => {
    for (const state of ['on', 'silent'] as const) {
      const [town] = applyStatus(areas, known('off'), event(state))
      expect(town).toMatchObject({ customers_off: 0, counts: { off: 0 } })
    }
  })

  it('changes nothing when it says what was known', () => {
    expect(applyStatus(areas, known('off'), event('off'))).toBe(areas)
  })

  it('ends even where areas are said to hold each other', () => {
    const ring = [area('lane', { parent_id: 'town' }), area('town', { parent_id: 'lane' })]
    expect(applyStatus(ring, known('on'), event('off'))).toHaveLength(2)
  })
})

describe('figures of areas', () => {
  it('count each device once, though areas count what is within them', () => {
    expect(totalsOf(areas)).toEqual({ on: 6, off: 2, silent: 2, customersOff: 80 })
  })

  it('are shown side by side only for areas that hold no others', () => {
    expect(innermost(areas).map(({ area_id }) => area_id)).toEqual(['lane', 'elsewhere'])
  })

  it('leave the share unknown where no device speaks: silence is not power', () => {
    const silent = area('quiet', { counts: { on: 0, off: 0, silent: 5 }, customers_off: 0 })
    expect(shareOff(silent)).toBeNull()
    expect(shareClass(shareOff(silent))).toBeNull()
    expect(shareOff(lane)).toBe(0.2)
  })

  it('are shaded by class, nobody off apart from a few', () => {
    expect([0, 0.001, 0.02, 0.1, 0.5, 1].map(shareClass)).toEqual([0, 1, 1, 2, 4, 5])
  })

  it('never round a few customers off to none, nor nearly all to all', () => {
    expect([0, 0.001, 0.234, 0.999, 1].map(percentText)).toEqual([
      '0\u00a0%',
      '< 1\u00a0%',
      '23\u00a0%',
      '> 99\u00a0%',
      '100\u00a0%',
    ])
  })
})
