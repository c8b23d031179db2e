import { describe, expect, it } from 'vitest'
import { serviceSpans } from '../../../../shared/outage/index.ts'
import { parseRecord, type DeviceEventRecord } from '../../../../shared/record/index.ts'
import { at, clock } from './story.ts'

/** One device event of the day of the stories. */
function event(
  name: DeviceEventRecord['event'],
  time: string,
  change: { area_id?: string; customers_served?: number } = {},
) {
  const { area_id = 'a', customers_served = 10 } = change
  const record = parseRecord({
    v: 1,
    type: 'device_event',
    area_id,
    at: new Date(at(time) + 250).toISOString(),
    event: name,
    device: {
      device_id: '0123456789ABCDEF01',
      public_key: `04${'ab'.repeat(64)}`,
      stage: 'transformer',
      customers_served,
      latitude: 25.6,
      longitude: 85.1,
    },
  })
  if (record.type !== 'device_event') throw new Error(`expected a device event, got ${record.type}`)
  return { record, leafHash: `${name} ${time}` }
}

const shown = (...events: ReturnType<typeof event>[]) =>
  serviceSpans(events).map(
    ({ fromAt, toAt, areaId, customersServed }) =>
      `${clock(fromAt)}–${clock(toAt)} ${areaId} ${customersServed}`,
  )

describe('the service of a device', () => {
  it('begins at its enrolment, pauses while suspended and ends when revoked', () => {
    expect(
      shown(
        event('enrolled', '08:00'),
        event('suspended', '09:00'),
        event('resumed', '10:00'),
        event('revoked', '11:00'),
      ),
    ).toEqual(['08:00–09:00 a 10', '10:00–11:00 a 10'])
  })

  it('follows its facts, and is the same in whatever order events come', () => {
    const events = [
      event('enrolled', '08:00'),
      event('moved', '09:00', { area_id: 'b' }),
      event('key_rotated', '10:00', { area_id: 'b', customers_served: 12 }),
    ]
    const spans = ['08:00–09:00 a 10', '09:00–10:00 b 10', '10:00–– b 12']
    expect(shown(...events)).toEqual(spans)
    expect(shown(...events.toReversed())).toEqual(spans)
  })

  it('is not taken up again by a new key or place', () => {
    expect(
      shown(
        event('enrolled', '08:00'),
        event('suspended', '09:00'),
        event('moved', '10:00'),
        event('key_rotated', '11:00'),
      ),
    ).toEqual(['08:00–09:00 a 10'])
  })

  it('is taken up again by a new enrolment', () => {
    expect(
      shown(event('enrolled', '08:00'), event('revoked', '09:00'), event('enrolled', '10:00')),
    ).toEqual(['08:00–09:00 a 10', '10:00–– a 10'])
  })

  it('knows nothing before an enrolment', () => {
    expect(shown()).toEqual([])
    expect(shown(event('moved', '08:00'))).toEqual([])
  })
})
