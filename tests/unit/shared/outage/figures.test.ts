import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addSums,
  deviceLine,
  figuresOf,
  INDICES,
  leafHashesBehind,
  noSums,
  outageHistory,
  periodOf,
  rollUp,
  sumsByArea,
  utcDays,
  utcMonth,
  type DeviceHistory,
  type OutageReading,
  type ServiceSpan,
  type Sums,
} from '../../../../shared/outage/index.ts'
import { refusal } from '../refusal.ts'
import { at, HEARTBEAT_MS, MINUTE_MS, said, serves } from './story.ts'

/** 20 hours, 1200 minutes. */
const PERIOD = periodOf(at('00:00'), at('20:00'))

function device(
  deviceId: string,
  readings: OutageReading[],
  service: ServiceSpan[] = [serves()],
): DeviceHistory {
  return { deviceId, service, breaks: deviceLine(readings, HEARTBEAT_MS).breaks }
}

/** ON every quarter of an hour, except that mains were away as told; each OFF and each return is said. */
function heard(...offs: [from: string, to: string][]): OutageReading[] {
  const told = offs.flatMap(([from, to]) => [
    { time: at(from), on: false },
    { time: at(to), on: true },
  ])
  for (let time = at('00:00'); time <= at('20:00'); time += HEARTBEAT_MS) {
    const away = offs.some(([from, to]) => time >= at(from) && time <= at(to))
    if (!away) told.push({ time, on: true })
  }
  told.sort((a, b) => a.time - b.time)
  return told.map(({ time, on }, index) =>
    said(index + 1, '00:00', on ? 'ON' : 'OFF', { measuredAt: time, receivedAt: time }),
  )
}

const asOf = { asOfAt: at('20:00'), heartbeatMs: HEARTBEAT_MS }

const figuresIn = (devices: DeviceHistory[], area = 'a', period = PERIOD, known = asOf) =>
  figuresOf(
    sumsByArea(outageHistory(devices, known), period).get(area) ?? noSums(),
    period,
    known.asOfAt,
  )

const values = (figures: ReturnType<typeof figuresIn>) =>
  Object.fromEntries(INDICES.map((index) => [index, figures[index].value]))

const customers = (customersServed: number, change: Partial<ServiceSpan> = {}) => [
  serves({ customersServed, ...change }),
]

describe('the figures of an area', () => {
  const worked = [
    device('A', heard(['10:00', '12:00']), customers(30)),
    device('B', heard(['10:00', '10:04']), customers(50)),
    device('C', heard(), customers(20)),
  ]

  it('are those worked out by hand', () => {
    // 100 customers; 30 sustained, 50 momentary; 30 × 120 + 50 × 4 = 3800 customer-minutes.
    const figures = figuresIn(worked)
    expect(values(figures)).toEqual({
      saifi: 0.3,
      saidi: 38,
      caidi: 3800 / 30,
      maifi: 0.5,
      asai: 1 - 38 / 1200,
    })
    expect(figures).toMatchObject({
      rules: 1,
      coverage: { value: 1 },
      provisional: false,
      customersServed: { value: 100 },
    })
  })

  it('obey CAIDI = SAIDI / SAIFI and ASAI = 1 − SAIDI / minutes', () => {
    const { saifi = null, saidi = null, caidi = null, asai = null } = values(figuresIn(worked))
    expect(caidi).toBeCloseTo(Number(saidi) / Number(saifi), 12)
    expect(asai).toBeCloseTo(1 - Number(saidi) / 1200, 12)
  })

  it('weigh customers by the share of the period in which their device was in service', () => {
    const half = [
      serves({ customersServed: 40, fromAt: at('00:00'), toAt: at('05:00') }),
      serves({ customersServed: 40, fromAt: at('15:00') }),
    ]
    const figures = figuresIn([
      device('A', heard(['04:00', '16:00']), half),
      device('B', heard(), customers(80)),
    ])
    // 40 × ½ + 80 = 100 customers; one interruption; 40 × (60 + 60) minutes, the ten hours between fall outside service.
    expect(values(figures)).toMatchObject({ saifi: 0.4, saidi: 48 })
    expect(figures.customersServed.value).toBe(100)
  })

  it('leave local events out, and show them beside', () => {
    const house = device('H', heard(['10:00', '12:00']), customers(1, { stage: 'house' }))
    const sums = sumsByArea(outageHistory([house, device('C', heard())], asOf), PERIOD).get('a')
    expect(sums).toMatchObject({
      sustained: 0,
      customerSecondsOff: 0,
      localSustained: 1,
      localMomentary: 0,
      localCustomerSecondsOff: 7200,
    })
    expect(values(figuresIn([house, device('C', heard())]))).toMatchObject({ saifi: 0, saidi: 0 })
    const street = device('C', heard(['10:01', '10:02']), customers(9, { stage: 'street' }))
    expect(values(figuresIn([house, street]))).toMatchObject({ saifi: 0.1, maifi: 0.9 })
  })

  it('count an interruption in the period it began in, and its minutes where they fell', () => {
    const devices = [device('A', heard(['09:00', '12:00']))]
    const [first, second] = [periodOf(at('00:00'), at('10:00')), periodOf(at('10:00'), at('20:00'))]
    expect(values(figuresIn(devices, 'a', first))).toMatchObject({ saifi: 1, saidi: 60 })
    expect(values(figuresIn(devices, 'a', second))).toMatchObject({ saifi: 0, saidi: 120 })
  })

  it('count an interruption that begins where two periods meet in the later alone', () => {
    const devices = [device('A', heard(['10:00', '12:00']))]
    const saifi = (from: string, to: string) =>
      figuresIn(devices, 'a', periodOf(at(from), at(to))).saifi.value
    expect([saifi('00:00', '10:00'), saifi('10:00', '20:00')]).toEqual([0, 1])
  })

  it('take an interruption by its whole length, also where a period sees little of it', () => {
    const devices = [device('A', heard(['09:58', '12:00']))]
    expect(values(figuresIn(devices, 'a', periodOf(at('00:00'), at('10:00'))))).toMatchObject({
      saifi: 1,
      maifi: 0,
    })
  })

  it('let an open interruption end, for now, at the last moment known', () => {
    const open = [device('A', [...heard(), said(999, '20:00', 'OFF')].slice(-2))]
    const known = { asOfAt: at('20:03'), heartbeatMs: HEARTBEAT_MS }
    const period = periodOf(at('19:00'), at('23:00'))
    expect(values(figuresIn(open, 'a', period, known))).toMatchObject({ maifi: 1, saidi: 3 })
    // The period counts as far as it has passed: 63 minutes.
    expect(figuresIn(open, 'a', period, known).asai.value).toBeCloseTo(1 - 3 / 63, 12)
  })

  it('go with a device that moves: the interruption stays where it began, the minutes fall where it is', () => {
    const service = [
      serves({ areaId: 'a', toAt: at('11:00') }),
      serves({ areaId: 'b', fromAt: at('11:00') }),
    ]
    const devices = [device('A', heard(['10:00', '12:00']), service)]
    const sums = sumsByArea(outageHistory(devices, asOf), PERIOD)
    expect(sums.get('a')).toMatchObject({ sustained: 10, customerSecondsOff: 36_000 })
    expect(sums.get('b')).toMatchObject({ sustained: 0, customerSecondsOff: 36_000 })
  })
})

describe('what is unknown', () => {
  const reasons = (figures: ReturnType<typeof figuresIn>) =>
    Object.fromEntries(INDICES.map((index) => [index, figures[index].unknown]))
  const all = (reason: string) => Object.fromEntries(INDICES.map((index) => [index, reason]))

  it('is null and says why, where no device was in service', () => {
    const figures = figuresIn([device('A', heard(), [serves({ fromAt: at('20:00') })])])
    expect(reasons(figures)).toEqual(all('no_devices'))
    expect(figures).toMatchObject({
      coverage: { value: null, unknown: 'no_devices' },
      customersServed: { value: null, unknown: 'no_devices' },
      provisional: null,
    })
  })

  it('is null where no customer is served, though coverage is known', () => {
    const figures = figuresIn([device('A', heard(['10:00', '12:00']), customers(0))])
    expect(reasons(figures)).toEqual(all('no_customers'))
    expect(figures.coverage.value).toBe(1)
  })

  it('is null where all were silent throughout', () => {
    const figures = figuresIn([device('A', [])])
    expect(reasons(figures)).toEqual(all('all_silent'))
    expect(figures).toMatchObject({ coverage: { value: 0 }, provisional: true })
  })

  it('is CAIDI alone where no one was interrupted for long', () => {
    expect(reasons(figuresIn([device('A', heard())]))).toMatchObject({
      saifi: null,
      caidi: 'no_interruptions',
    })
  })
})

describe('coverage', () => {
  const silentFor = (hours: number) => {
    const until = at('00:00') + hours * 60 * MINUTE_MS
    return device(
      'A',
      heard().filter(({ measuredAt }) => measuredAt >= until),
    )
  }

  it('is what silence leaves of the time in service', () => {
    expect(figuresIn([silentFor(5), device('B', heard())]).coverage.value).toBe(0.875)
  })

  it('below 80 % makes the figures provisional', () => {
    expect(figuresIn([silentFor(4)])).toMatchObject({
      coverage: { value: 0.8 },
      provisional: false,
    })
    expect(figuresIn([silentFor(5)])).toMatchObject({
      coverage: { value: 0.75 },
      provisional: true,
    })
  })
})

describe('areas', () => {
  const tree = [
    { areaId: 'state', parentId: null },
    { areaId: 'district', parentId: 'state' },
    { areaId: 'a', parentId: 'district' },
    { areaId: 'b', parentId: 'district' },
    { areaId: 'empty', parentId: 'state' },
  ]

  it('add up along the tree, so that the figure of a district is not the mean of its blocks', () => {
    const devices = [
      device('A', heard(['10:00', '11:00']), customers(90)),
      device('B', heard(), customers(10, { areaId: 'b' })),
    ]
    const totals = rollUp(tree, sumsByArea(outageHistory(devices, asOf), PERIOD))
    const saidi = (areaId: string) =>
      figuresOf(totals.get(areaId) ?? noSums(), PERIOD, asOf.asOfAt).saidi.value
    expect(['a', 'b', 'district', 'state', 'empty'].map(saidi)).toEqual([60, 0, 54, 54, null])
  })

  it('are refused in a ring, and where one is not of the tree', () => {
    const ring = [
      { areaId: 'x', parentId: 'y' },
      { areaId: 'y', parentId: 'x' },
    ]
    expect(refusal(() => rollUp(ring, new Map()))).toBe('area_cycle')
    expect(refusal(() => rollUp(tree, new Map([['elsewhere', noSums()]])))).toBe('unknown_area')
    expect(refusal(() => rollUp([{ areaId: 'x', parentId: 'y' }], new Map()))).toBe('unknown_area')
  })
})

describe('periods', () => {
  it('are split at midnight UTC', () => {
    const days = utcDays(periodOf(at('2026-08-30T22:00:00Z'), at('2026-09-01T01:00:00Z')))
    expect(days).toEqual([
      periodOf(at('2026-08-30T22:00:00Z'), at('2026-08-31T00:00:00Z')),
      periodOf(at('2026-08-31T00:00:00Z'), at('2026-09-01T00:00:00Z')),
      periodOf(at('2026-09-01T00:00:00Z'), at('2026-09-01T01:00:00Z')),
    ])
    expect(utcDays(utcMonth(2024, 2))).toHaveLength(29)
    expect(utcMonth(2024, 12)).toEqual(
      periodOf(at('2024-12-01T00:00:00Z'), at('2025-01-01T00:00:00Z')),
    )
  })

  it('are refused when empty, of half seconds, or of a month that does not exist', () => {
    expect(refusal(() => periodOf(at('12:00'), at('12:00')))).toBe('malformed')
    expect(refusal(() => periodOf(at('12:00') + 500, at('13:00')))).toBe('malformed')
    expect(refusal(() => utcMonth(2026, 13))).toBe('malformed')
  })

  it('of days add up to the month, in everything that is summed', () => {
    const minute = fc.integer({ min: 0, max: 30 * 24 * 60 })
    const life = fc.array(fc.record({ minute, on: fc.boolean() }), { maxLength: 30 }).map((steps) =>
      steps
        .toSorted((a, b) => a.minute - b.minute)
        .map((step, index) => {
          const measuredAt = at('00:00') + step.minute * MINUTE_MS
          return said(index + 1, '00:00', step.on ? 'ON' : 'OFF', { measuredAt })
        }),
    )
    const month = utcMonth(2026, 9)
    fc.assert(
      fc.property(fc.array(life, { maxLength: 4 }), minute, minute, (lives, known, enrolled) => {
        const service = customers(7, { fromAt: at('00:00') + enrolled * MINUTE_MS, stage: 'house' })
        const history = outageHistory(
          lives.map((readings, index) => device(`D${index}`, readings, service)),
          { asOfAt: at('00:00') + known * MINUTE_MS, heartbeatMs: HEARTBEAT_MS },
        )
        const total: Sums = noSums()
        for (const day of utcDays(month)) {
          addSums(total, sumsByArea(history, day).get('a') ?? noSums())
        }
        expect(total).toEqual(sumsByArea(history, month).get('a') ?? noSums())
      }),
    )
  })
})

describe('the leaves behind a figure', () => {
  const readings = [
    said(1, '00:00', 'ON'),
    said(2, '00:05', 'OFF'),
    said(3, '00:07', 'ON'),
    said(4, '02:00', 'ON'),
    said(5, '02:10', 'OFF'),
    said(6, '19:50', 'ON'),
  ]
  const leavesOf = (_: string, first: number | null, last: number | null) =>
    readings
      .filter(({ seq }) => seq >= (first ?? 0) && seq <= (last ?? Infinity))
      .map(({ leafHash }) => leafHash)
  const history = outageHistory([device('A', readings)], asOf)
  const behind = (figure: Parameters<typeof leafHashesBehind>[0], areaId = 'a') => [
    ...new Set(
      leafHashesBehind(figure, history, {
        areaIds: new Set([areaId]),
        period: PERIOD,
        leavesOf,
      }),
    ),
  ]

  it('are those of the enrolments, and of what it counts', () => {
    expect(behind('saifi')).toEqual(['enrolment', 'leaf 4', 'leaf 5', 'leaf 6'])
    expect(behind('maifi')).toEqual(['enrolment', 'leaf 1', 'leaf 2', 'leaf 3'])
    expect(behind('coverage')).toEqual(['enrolment', 'leaf 3', 'leaf 4'])
    const off = ['leaf 1', 'leaf 2', 'leaf 3', 'leaf 4', 'leaf 5', 'leaf 6']
    for (const figure of ['saidi', 'caidi', 'asai'] as const) {
      expect(behind(figure)).toEqual(['enrolment', ...off])
    }
  })

  it('are none in an area without devices', () => {
    expect(behind('saidi', 'b')).toEqual([])
  })
})
