import { describe, expect, it } from 'vitest'
import {
  innermost,
  shareOff,
  totalsOf,
  type AreaSummary,
} from '../../../composables/map/area-figures.ts'
import { shareClass } from '../../../composables/map/share-class.ts'

const area = (area_id: string, facts: Partial<AreaSummary> = {}): AreaSummary => ({
  area_id,
  name: area_id,
  parent_id: null,
  kind: 'district',
  area_type: null,
  counts: { on: 3, off: 1, silent: 1 },
  customers_off: 40,
  customers_served: 200,
  coverage: 0.8,
  ...facts,
})
const lane = area('lane', { parent_id: 'town' })
const areas = [area('town'), lane, area('elsewhere')]

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
})
