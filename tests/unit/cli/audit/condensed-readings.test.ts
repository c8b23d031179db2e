import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CondensedReadings } from '../../../../cli/audit/condensed-readings.ts'
import { SortedRows } from '../../../../cli/audit/sorted-rows.ts'
import {
  deviceFindings,
  deviceLine,
  type NumberingGap,
  type OutageReading,
} from '../../../../shared/outage/index.ts'

const HEARTBEAT_MS = 900_000
const DIGEST_HEX = 32
/** Most that is given to one audit; memory holds far fewer, so that most go to the file. */
const MAX_READINGS = 60
const ROWS_IN_MEMORY = 8

const digest = fc.stringMatching(/^[0-9a-f]{64}$/)
const moment = fc.integer({
  min: Date.parse('0000-01-01T00:00:00Z'),
  max: Date.parse('9999-12-31T23:59:59.999Z'),
})
const deviceId = fc.constantFrom('01230000000000000A', '01230000000000000B', 'FF0000000000000000')
const told = fc.record({
  deviceId,
  reading: fc.record({
    seq: fc.oneof(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    ),
    measuredAt: moment,
    receivedAt: fc.oneof(moment, fc.constantFrom(-1, 0, 1)),
    on: fc.boolean(),
    boot: fc.boolean(),
    offSinceAt: fc.option(moment),
    previous: fc.option(digest),
    digest,
    leafHash: digest,
  }),
})

const condensed = () =>
  new CondensedReadings(
    (rowBytes) => new SortedRows(rowBytes, { memoryBytes: ROWS_IN_MEMORY * rowBytes }),
  )

const cut = (one: OutageReading): OutageReading => ({
  ...one,
  previous: one.previous?.slice(0, DIGEST_HEX) ?? null,
  digest: one.digest.slice(0, DIGEST_HEX),
  leafHash: one.leafHash.slice(0, DIGEST_HEX),
})

const withShortHashes = (gap: NumberingGap): NumberingGap => ({
  ...gap,
  leafHashes: gap.leafHashes.map((hash) => hash.slice(0, DIGEST_HEX)),
})

it('readings from a file give each device the breaks and gaps that all of them in memory give it', () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: MAX_READINGS, size: 'max' }), (arrivals) => {
      using readings = condensed()
      for (const one of arrivals) readings.add(one.deviceId, one.reading)
      const found = Array.from(readings.byDevice(), (device) => ({
        deviceId: device.deviceId,
        ...deviceFindings(device.readings, HEARTBEAT_MS),
      }))
      const byDevice = Map.groupBy(arrivals, (one) => one.deviceId)
      const expected = [...byDevice.keys()].sort().map((id) => {
        const all = (byDevice.get(id) ?? []).map(({ reading }) => reading)
        const { breaks, gaps } = deviceLine(all, HEARTBEAT_MS)
        return { deviceId: id, breaks, gaps: gaps.map(withShortHashes) }
      })
      expect(found).toEqual(expected)
    }),
  )
})

it('readings come back as they were given, by number, digests by their beginning', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(told, {
        maxLength: MAX_READINGS,
        size: 'max',
        selector: ({ reading }) => reading.seq,
      }),
      (arrivals) => {
        using readings = condensed()
        const id = '01230000000000000A'
        for (const { reading } of arrivals) readings.add(id, reading)
        const found = Array.from(readings.byDevice(), (device) => [...device.readings])
        const expected = arrivals.map(({ reading }) => cut(reading)).sort((a, b) => a.seq - b.seq)
        expect(found.flat()).toEqual(expected)
      },
    ),
  )
})
