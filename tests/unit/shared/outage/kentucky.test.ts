import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addSums,
  deviceLine,
  durationClass,
  figuresOf,
  interruptionsOf,
  isWithin,
  noSums,
  outageHistory,
  reviseDevice,
  rollUp,
  sumsByArea,
  utcDays,
  utcMonth,
  type DeviceHistory,
  type OutageReading,
} from '../../../../shared/outage/index.ts'
import { windowAround } from './window.ts'
import { readTable } from '../../../../stack/demo/outage-table.ts'

/**
 * September 2024 of LG&E and KU (Kentucky), with the remnants of Hurricane Helene: tests/data, stack/demo/data/README.md.
 *
 * Rows become readings like this. A row is one outage as the utility listed it, with customers of its own; rows of one
 * site may overlap, and one sensor cannot tell two outages apart. So each row has its own sensor, a transformer that
 * serves `customers_max` from the first of the month on. It says ON as the month begins, OFF at `start_time` and ON
 * again at `last_seen`, the last moment the outage is known to have lasted. Of silence the table knows nothing: the
 * heartbeat is set to a month, so that no sensor is ever silent. Sensors lie in areas of one degree by one degree below
 * one state; rows of an area whose starts chain within 180 s come out as one event.
 *
 * Left out are rows that began before the month, or were still listed when it ended and so have no `gone_by`.
 */
const TABLE_SHA256 = '500a5c29107678a5af10a7608a220348089f5ef29a568e530daa25feeb2ebb7a'
const SEPTEMBER = utcMonth(2024, 9)
const HEARTBEAT_MS = SEPTEMBER.toAt - SEPTEMBER.fromAt

const CUSTOMER_INTERRUPTIONS = 390_653
const CUSTOMER_MINUTES = 355_150_710

const file = new URL('../../../data/outages_kentucky_lgeku_2024-09.csv.gz', import.meta.url)
const table = gunzipSync(readFileSync(file))

const rows = readTable(table.toString('utf8'), 'September 2024').flatMap((row) => {
  const startedAt = Date.parse(row.start_time ?? '')
  if (!row.gone_by || startedAt < SEPTEMBER.fromAt || startedAt >= SEPTEMBER.toAt) return []
  return [
    {
      id: row.outage_id ?? '',
      startedAt,
      endedAt: Date.parse(row.last_seen ?? ''),
      customers: Number(row.customers_max),
      areaId: `ky-${Math.floor(Number(row.latitude))}-${-Math.floor(Number(row.longitude))}`,
    },
  ]
})

function readingsOf({ id, startedAt, endedAt }: (typeof rows)[number]): OutageReading[] {
  return [SEPTEMBER.fromAt, startedAt, endedAt].map((measuredAt, index) => ({
    seq: index + 1,
    measuredAt,
    receivedAt: measuredAt,
    on: index !== 1,
    boot: index === 0,
    offSinceAt: null,
    previous: index === 0 ? null : `${id} ${index}`,
    digest: `${id} ${index + 1}`,
    leafHash: `leaf ${id} ${index + 1}`,
  }))
}

const serviceOf = ({ areaId, customers, id }: (typeof rows)[number]) => [
  {
    areaId,
    stage: 'transformer' as const,
    customersServed: customers,
    place: null,
    fromAt: SEPTEMBER.fromAt,
    toAt: null,
    leafHash: `enrolment ${id}`,
  },
]

const devices: DeviceHistory[] = rows.map((row) => ({
  deviceId: row.id,
  service: serviceOf(row),
  breaks: deviceLine(readingsOf(row), HEARTBEAT_MS).breaks,
}))
const asOfAt = SEPTEMBER.toAt
const history = outageHistory(devices, { asOfAt, heartbeatMs: HEARTBEAT_MS })
const tree = [
  { areaId: 'ky', parentId: null },
  ...[...new Set(rows.map(({ areaId }) => areaId))].map((areaId) => ({ areaId, parentId: 'ky' })),
]

describe('the month of Hurricane Helene', () => {
  it('is the table it was', () => {
    expect(createHash('sha256').update(table).digest('hex')).toBe(TABLE_SHA256)
    expect(rows).toHaveLength(9285)
  })

  it('has 390,653 customer interruptions and 355,150,710 customer-minutes, momentaries included', () => {
    const sums = rollUp(tree, sumsByArea(history, SEPTEMBER)).get('ky') ?? noSums()
    expect(sums.sustained + sums.momentary).toBe(CUSTOMER_INTERRUPTIONS)
    expect(Math.round(sums.customerSecondsOff / 60)).toBe(CUSTOMER_MINUTES)
    expect(sums).toMatchObject({ deviceSecondsSilent: 0, localSustained: 0, localMomentary: 0 })
  })

  it('adds up from its days', () => {
    const total = noSums()
    for (const day of utcDays(SEPTEMBER)) {
      for (const sums of sumsByArea(history, day).values()) addSums(total, sums)
    }
    expect(total).toEqual(rollUp(tree, sumsByArea(history, SEPTEMBER)).get('ky'))
  })

  it('has every row in exactly one event, with all its customers and no one else', () => {
    const meeting = history.devices.flatMap(interruptionsOf).filter(isWithin(history.events))
    expect(meeting).toHaveLength(rows.length)
    const devicesOff = history.events.reduce((sum, one) => sum + one.devices, 0)
    expect(devicesOff).toBe(rows.length)
    const customers = history.events.reduce((sum, one) => sum + one.customersAffected, 0)
    expect(customers).toBe(CUSTOMER_INTERRUPTIONS)
    expect(history.events.length).toBeLessThan(rows.length)
    expect(history.events.filter(({ endedAt }) => endedAt === null)).toEqual([])
  })

  it('has figures that follow from its sums, each customer of the table interrupted once', () => {
    const sums = rollUp(tree, sumsByArea(history, SEPTEMBER)).get('ky') ?? noSums()
    const figures = figuresOf(sums, SEPTEMBER, asOfAt)
    const momentary = history.devices
      .flatMap(interruptionsOf)
      .filter((one) => durationClass(one, asOfAt) === 'momentary')
      .reduce((sum, { customersServed }) => sum + customersServed, 0)
    expect(figures.customersServed.value).toBe(CUSTOMER_INTERRUPTIONS)
    expect(Number(figures.saifi.value) + Number(figures.maifi.value)).toBeCloseTo(1, 12)
    expect(figures.maifi.value).toBeCloseTo(momentary / CUSTOMER_INTERRUPTIONS, 12)
    expect(figures.saidi.value).toBeCloseTo(CUSTOMER_MINUTES / CUSTOMER_INTERRUPTIONS, 3)
    expect(figures).toMatchObject({ coverage: { value: 1 }, provisional: false })
  })

  it('comes to the same interruptions when readings arrive in any order', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...rows),
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        (row, order) => {
          const all = readingsOf(row)
          let held = deviceLine([], HEARTBEAT_MS)
          let { breaks } = held
          for (const index of order) {
            const reading = all[index]
            if (!reading) continue
            const revision = reviseDevice(
              windowAround(held.readings, [reading]),
              [reading],
              HEARTBEAT_MS,
            )
            const gone = new Set(revision.breaks.removed.map((one) => JSON.stringify(one)))
            breaks = [
              ...breaks.filter((one) => !gone.has(JSON.stringify(one))),
              ...revision.breaks.added,
            ]
            held = deviceLine([...held.readings, reading], HEARTBEAT_MS)
          }
          expect(
            interruptionsOf({ deviceId: row.id, service: serviceOf(row), breaks }),
          ).toMatchObject([
            { offAt: row.startedAt, endedAt: row.endedAt, customersServed: row.customers },
          ])
        },
      ),
      { numRuns: 200 },
    )
  })
})
