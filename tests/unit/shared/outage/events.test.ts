import { describe, expect, it } from 'vitest'
import {
  deviceLine,
  durationClass,
  interruptionsOf,
  outageEvents,
  reviseEvents,
  touches,
  type ServiceSpan,
} from '../../../../shared/outage/index.ts'
import { at, clock, HEARTBEAT_MS, MINUTE_MS, said, serves } from './story.ts'

/** Interruptions of a device that lost mains at each `off` and had them back at each `on`. */
function interrupted(
  deviceId: string,
  times: [off: string, on: string | null][],
  service: ServiceSpan[] = [serves()],
) {
  const readings = times.flatMap(([off, on], index) => [
    said(2 * index + 1, off, 'OFF'),
    ...(on ? [said(2 * index + 2, on, 'ON')] : []),
  ])
  return interruptionsOf({ deviceId, service, breaks: deviceLine(readings, HEARTBEAT_MS).breaks })
}

describe('an outage event', () => {
  it('chains starts within 180 s, so that its first and last may be further apart', () => {
    const events = outageEvents([
      ...interrupted('C', [['12:06', '12:30']]),
      ...interrupted('A', [['12:00', '12:10']]),
      ...interrupted('B', [['12:03', '13:00']]),
      ...interrupted('D', [['12:09:01', null]]),
    ])
    expect(
      events.map(({ interruptions, startedAt, endedAt, customersAffected }) => [
        interruptions.map(({ deviceId }) => deviceId).join(''),
        `${clock(startedAt)}–${clock(endedAt)}`,
        customersAffected,
      ]),
    ).toEqual([
      ['ABC', '12:00–13:00', 30],
      ['D', '12:09:01––', 10],
    ])
  })

  it('stays within its area', () => {
    const events = outageEvents([
      ...interrupted('A', [['12:00', '12:10']], [serves({ areaId: 'x' })]),
      ...interrupted('B', [['12:00', '12:10']], [serves({ areaId: 'y' })]),
    ])
    expect(events.map(({ id }) => id)).toEqual(['x.20260901T120000Z.A', 'y.20260901T120000Z.B'])
  })

  it('counts a device that flaps once among the customers, though it was interrupted twice', () => {
    const [event] = outageEvents(
      interrupted('A', [
        ['12:00', '12:01'],
        ['12:02', '12:30'],
      ]),
    )
    expect(event).toMatchObject({ devices: 1, customersAffected: 10 })
    expect(event?.interruptions.map((one) => durationClass(one, at('13:00')))).toEqual([
      'momentary',
      'sustained',
    ])
  })

  it('is local when it is of one house device, and only then', () => {
    const house = [serves({ stage: 'house' })]
    const local = (...interruptions: ReturnType<typeof interrupted>) =>
      outageEvents(interruptions).map((event) => event.local)
    expect(local(...interrupted('A', [['12:00', '12:10']], house))).toEqual([true])
    expect(
      local(
        ...interrupted(
          'A',
          [
            ['12:00', '12:01'],
            ['12:02', '12:10'],
          ],
          house,
        ),
      ),
    ).toEqual([true])
    expect(local(...interrupted('A', [['12:00', '12:10']]))).toEqual([false])
    expect(
      local(
        ...interrupted('A', [['12:00', '12:10']], house),
        ...interrupted('B', [['12:02', '12:10']], house),
      ),
    ).toEqual([false])
  })

  it('keeps its id when an interruption joins behind its first, and takes another when one joins before', () => {
    const first = interrupted('B', [['12:02', '12:10']])
    const [event] = outageEvents(first)
    if (!event) throw new Error('expected an event, got none')
    const behind = interrupted('A', [['12:04', null]])
    const after = reviseEvents([event], { removed: [], added: behind })
    expect(after.removed).toEqual([])
    expect(after.saved).toMatchObject([{ id: event.id, devices: 2, endedAt: null }])
    const before = reviseEvents([event], {
      removed: [],
      added: interrupted('A', [['12:01', null]]),
    })
    expect(before.removed).toEqual([event.id])
    expect(before.saved.map(({ id }) => id)).toEqual(['a.20260901T120100Z.A'])
  })

  it('falls apart when the interruption between two others is taken back, and is gone with its last', () => {
    const [a, b, c] = [
      interrupted('A', [['12:00', null]]),
      interrupted('B', [['12:03', null]]),
      interrupted('C', [['12:06', null]]),
    ]
    const events = outageEvents([...a, ...b, ...c])
    expect(reviseEvents(events, { removed: b, added: [] }).saved.map(({ id }) => id)).toEqual([
      'a.20260901T120000Z.A',
      'a.20260901T120600Z.C',
    ])
    expect(reviseEvents(outageEvents(a), { removed: a, added: [] })).toEqual({
      removed: ['a.20260901T120000Z.A'],
      saved: [],
    })
  })

  it('is touched by starts up to 180 s to either side', () => {
    const [event] = outageEvents([
      ...interrupted('A', [['12:00', null]]),
      ...interrupted('B', [['12:02', null]]),
    ])
    if (!event) throw new Error('expected an event, got none')
    const touched = ['11:56:59', '11:57', '12:05', '12:05:01'].map((time) =>
      touches(event, at(time)),
    )
    expect(touched).toEqual([false, true, true, false])
  })
})

describe('an interruption', () => {
  it('is momentary up to five minutes and sustained beyond; while it lasts, by the time so far', () => {
    const one = (endedAt: number | null) => ({ offAt: at('12:00'), endedAt })
    expect(durationClass(one(at('12:05')), at('13:00'))).toBe('momentary')
    expect(durationClass(one(at('12:05:01')), at('13:00'))).toBe('sustained')
    expect(durationClass(one(null), at('12:05'))).toBe('momentary')
    expect(durationClass(one(null), at('12:06'))).toBe('sustained')
  })

  it('that began before service starts with it, once, and keeps its whole length', () => {
    const service = [
      serves({ fromAt: at('12:30'), toAt: at('12:31'), areaId: 'x' }),
      serves({ fromAt: at('12:32'), areaId: 'y' }),
    ]
    expect(interrupted('A', [['12:00', '12:33']], service)).toMatchObject([
      { areaId: 'x', offAt: at('12:00'), countedAt: at('12:30') },
    ])
  })

  it('outside all service is none', () => {
    expect(interrupted('A', [['12:00', '12:10']], [serves({ fromAt: at('12:10') })])).toEqual([])
    expect(interrupted('A', [['12:00', null]], [serves({ toAt: at('12:00') })])).toEqual([])
  })

  it('of no length is one all the same', () => {
    const [one] = interrupted('A', [['12:00', '12:00']])
    expect(one).toMatchObject({ offAt: at('12:00'), endedAt: at('12:00') })
    expect(one && durationClass(one, at('12:00') + MINUTE_MS)).toBe('momentary')
  })
})
