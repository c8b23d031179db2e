import { describe, expect, it } from 'vitest'
import { compareOutages } from '../../../../cli/audit/compare-outages.ts'
import type { Outage } from '../../../../shared/api/outages.ts'
import type { OutageEvent } from '../../../../shared/outage/index.ts'

const SEALED_AT = Date.parse('2024-11-21T12:00:00Z')
const ID = 'a.20241121T110000Z.01230000000000000A'
const ongoing: OutageEvent = {
  id: ID,
  areaId: 'a',
  startedAt: Date.parse('2024-11-21T11:00:00Z'),
  lastStartAt: Date.parse('2024-11-21T11:00:00Z'),
  endedAt: null,
  local: false,
  devices: 1,
  customersAffected: 40,
}
const shown = (ended_at: string | null): Outage => ({
  outage_id: ID,
  area_id: 'a',
  area_name: null,
  status: ended_at === null ? 'ongoing' : 'restored',
  started_at: '2024-11-21T11:00:00Z',
  ended_at,
  duration_seconds: 3600,
  local: false,
  devices: 1,
  customers_affected: 40,
  bbox: null,
})

describe('an outage that had not ended when the latest batch was sealed', () => {
  it.each([null, '2024-11-21T12:00:01Z', '2024-11-22T00:00:00Z'])(
    'agrees with a portal that shows its end as %j: the ledger does not tell of later',
    (ended_at) => {
      expect(compareOutages([ongoing], [shown(ended_at)], SEALED_AT)).toEqual([])
    },
  )

  it('differs from one that the portal ended before', () => {
    expect(compareOutages([ongoing], [shown('2024-11-21T11:59:59Z')], SEALED_AT)).toEqual([
      { subject: ID, what: 'ended_at', audited: 'not yet', portal: '2024-11-21T11:59:59Z' },
    ])
  })
})
