import { describe, expect, it } from 'vitest'
import {
  deviceLine,
  durationClass,
  interruptionsOf,
  isWithin,
  outageEvents,
  stretchesOf,
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
      events.map(({ devices, startedAt, endedAt, customersAffected }) => [
        devices,
        `${clock(startedAt)}–${clock(endedAt)}`,
        customersAffected,
      ]),
    ).toEqual([
      [3, '12:00–13:00', 30],
      [1, '12:09:01––', 10],
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
    const interruptions = interrupted('A', [
      ['12:00', '12:01'],
      ['12:02', '12:30'],
    ])
    expect(outageEvents(interruptions)).toMatchObject([{ devices: 1, customersAffected: 10 }])
    expect(interruptions.map((one) => durationClass(one, at('13:00')))).toEqual([
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
    const idsWith = (off: string) =>
      outageEvents([...first, ...interrupted('A', [[off, null]])]).map(({ id }) => id)
    expect(outageEvents(first).map(({ id }) => id)).toEqual(['a.20260901T120200Z.B'])
    expect(idsWith('12:04')).toEqual(['a.20260901T120200Z.B'])
    expect(idsWith('12:01')).toEqual(['a.20260901T120100Z.A'])
  })

  it('holds what starts from its first start to its last', () => {
    const events = outageEvents([
      ...interrupted('A', [['12:00', null]]),
      ...interrupted('B', [['12:02', null]]),
      ...interrupted('C', [['12:30', null]]),
    ])
    const times = ['11:59:59', '12:00', '12:01', '12:02', '12:02:01', '12:30', '12:30:01']
    const within = times
      .flatMap((off) => interrupted('D', [[off, null]]))
      .filter(isWithin(events))
      .map(({ countedAt }) => clock(countedAt))
    expect(within).toEqual(['12:00', '12:01', '12:02', '12:30'])
  })
})

describe('a change of interruptions', () => {
  it('reaches as far as the outages it touches, and those its starts may join', () => {
    const stretches = stretchesOf(
      outageEvents([
        ...interrupted('A', [['12:00', null]]),
        ...interrupted('B', [['12:03', null]]),
      ]),
      { removed: interrupted('B', [['12:03', null]]), added: interrupted('C', [['12:06', null]]) },
    )
    expect(stretches.map(({ fromAt, toAt }) => `${clock(fromAt)}–${clock(toAt)}`)).toEqual([
      '12:00–12:06',
    ])
    const apart = stretchesOf([], {
      removed: [],
      added: [...interrupted('A', [['12:00', null]]), ...interrupted('B', [['12:03:01', null]])],
    })
    expect(apart).toHaveLength(2)
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
