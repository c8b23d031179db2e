import { createHash } from 'node:crypto'
import type { DeviceLineRow, Models, OutageRow } from '../server/models/index.ts'
import { areaFigures } from '../server/services/figure/area-figures.ts'
import { interruptionRow } from '../server/services/outage/outage-rows.ts'
import type { Interruption, PlacedReading } from '../shared/outage/index.ts'
import { tell } from './tell.ts'
import { withModels } from './with-models.ts'

/**
 * How long a district's figures for a month take that follow from ten million readings: first asked for, when no day is
 * kept, and asked for again. The rows that outages are derived into are generated as those readings would leave them:
 * to hand in ten million would take an hour. Prints one JSON line a measure.
 */
const AREAS = 10
const DEVICES_PER_AREA = 350
const DAYS = 30
const HEARTBEAT_MS = 900_000
const READINGS_PER_DEVICE = (DAYS * 86_400_000) / HEARTBEAT_MS
const OUTAGES_PER_AREA = 20
const OUTAGE_MS = 40 * 60_000
const DAY_MS = 86_400_000
const TO_AT = Date.UTC(2026, 9, 1)
const FROM_AT = TO_AT - DAYS * DAY_MS
const ENROLLED_AT = FROM_AT - DAY_MS
const CUSTOMERS = 40

const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex')
const deviceOf = (area: number, index: number): string =>
  hashOf(`${area} ${index}`).slice(0, 18).toUpperCase()
const areaOf = (area: number): string => `block-${area}`
const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

await withModels(async (models) => {
  await insertAreas(models)
  for (let area = 0; area < AREAS; area += 1) await insertHistory(models, area)
  const settings = { heartbeatMs: HEARTBEAT_MS }
  const deps = { models, clock: { now: () => new Date(TO_AT + DAY_MS) }, settings } as const
  const month = { from: dateOf(FROM_AT), to: dateOf(TO_AT), interval: 'day' } as const
  for (const name of ['reliability.month', 'reliability.month.again']) {
    const startedAt = performance.now()
    const { total } = await areaFigures(deps, 'district', month)
    tell(name, performance.now() - startedAt, 'ms')
    if (total.saifi.value !== OUTAGES_PER_AREA)
      throw new Error(`expected SAIFI ${OUTAGES_PER_AREA}, got ${total.saifi.value}`)
  }
  tell('reliability.month.readings', AREAS * DEVICES_PER_AREA * READINGS_PER_DEVICE, 'readings')
})

async function insertAreas({ areas }: Models): Promise<void> {
  const row = (_id: string, parent_id: string | null) => ({
    ...{ _id, parent_id, name: _id, kind: 'district' },
    ...{ geometry: null, outline: null, square_metres: null },
  })
  const blocks = Array.from({ length: AREAS }, (_, area) => row(areaOf(area), 'district'))
  await areas.collection.insertMany([row('district', null), ...blocks] as never)
}

/** When an area was off: the same number of times on every run, some of them past midnight. */
function startOf(n: number): number {
  const at = FROM_AT + ((n + 0.37) * DAYS * DAY_MS) / OUTAGES_PER_AREA
  return Math.floor(at / 1000) * 1000
}

async function insertHistory({ deviceLines, deviceBreaks, outages }: Models, area: number) {
  const ids = Array.from({ length: DEVICES_PER_AREA }, (_, index) => deviceOf(area, index))
  const starts = Array.from({ length: OUTAGES_PER_AREA }, (_, n) => startOf(n))
  await deviceLines.collection.insertMany(ids.map((id) => lineOf(id, area)) as never)
  const breaks = ids.flatMap((id) => starts.map((at) => interruptionRow(offAt(id, area, at))))
  await deviceBreaks.collection.insertMany(breaks as never)
  await outages.collection.insertMany(starts.map((at) => outageOf(ids, area, at)) as never)
}

function seqAt(at: number): number {
  return Math.floor((at - ENROLLED_AT) / HEARTBEAT_MS)
}

function offAt(deviceId: string, area: number, at: number): Interruption {
  return {
    ...{ deviceId, areaId: areaOf(area), stage: 'transformer', customersServed: CUSTOMERS },
    ...{ place: null, offAt: at, countedAt: at, endedAt: at + OUTAGE_MS },
    ...{ firstSeq: seqAt(at), lastSeq: seqAt(at) + 3 },
  }
}

function lineOf(_id: string, area: number): DeviceLineRow {
  const measuredAt = TO_AT + DAY_MS
  const last: PlacedReading = {
    ...{ seq: seqAt(measuredAt), measuredAt, receivedAt: measuredAt, placedAt: measuredAt },
    ...{ on: true, boot: false, offSinceAt: null, previous: null },
    ...{ digest: hashOf(`digest ${_id}`), leafHash: hashOf(`leaf ${_id}`) },
  }
  const service = {
    ...{ areaId: areaOf(area), stage: 'transformer' as const, customersServed: CUSTOMERS },
    place: null,
    ...{ fromAt: ENROLLED_AT, toAt: null, leafHash: hashOf(_id) },
  }
  return { _id, service: [service], tail: [last] }
}

function outageOf(ids: readonly string[], area: number, startedAt: number): OutageRow {
  const at = new Date(startedAt)
  const endedAt = new Date(startedAt + OUTAGE_MS)
  return {
    _id: `${areaOf(area)}.${startedAt}.${ids[0]}`,
    area_id: areaOf(area),
    ...{ started_at: at, last_start_at: at, ended_at: endedAt, changed_at: endedAt },
    local: false,
    devices: ids.length,
    customers_affected: ids.length * CUSTOMERS,
    ...{ open: 0, last_ended_at: endedAt, digest: hashOf(`interruptions ${area} ${startedAt}`) },
  }
}
