import { createHash } from 'node:crypto'
import type { Models } from '../server/models/index.ts'
import { drawMap, type MapQuery } from '../server/services/map/draw-map.ts'
import { MAX_MAP_FEATURES } from '../shared/api/map.ts'
import { quantile } from './quantile.ts'
import { tell } from './tell.ts'
import { withModels } from './with-models.ts'

/**
 * How long `GET /map` takes with 100,000 devices, the answer written as JSON included, while readings keep arriving.
 * Prints one JSON line a measure; fails where one is over its limit.
 */
const DEVICES = 100_000
const P95_LIMIT_MS = 50
const ROUNDS = 200
const PAUSE_MS = 200
const HEARTBEAT_MS = 900_000
/** Each device reports once in a heartbeat. */
const READINGS_PER_PAUSE = Math.round((DEVICES * PAUSE_MS) / HEARTBEAT_MS)
const [WEST, SOUTH, EAST, NORTH] = [83.3, 24.3, 88.3, 27.5] as const
const INSERT_MANY = 5_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

await withModels(async (models) => {
  await insertDevices(models)
  await insertBreaks(models)
  await measure(models)
  await measurePast(models)
})

function idOf(index: number): string {
  return createHash('sha256').update(String(index)).digest('hex').slice(0, 18).toUpperCase()
}

/** Where a device stands, the same on every run: a number from 0 to 1 by its index. */
function spread(index: number, factor: number): number {
  return (index * factor) % 1
}

async function insertDevices({ devices }: Models): Promise<void> {
  const now = new Date()
  for (let first = 0; first < DEVICES; first += INSERT_MANY) {
    const rows = Array.from({ length: INSERT_MANY }, (_, n) => deviceRow(first + n, now))
    await devices.collection.insertMany(rows as never)
  }
}

function deviceRow(index: number, now: Date) {
  const longitude = WEST + spread(index, 0.754_877) * (EAST - WEST)
  const latitude = SOUTH + spread(index, 0.569_84) * (NORTH - SOUTH)
  const receivedAt = new Date(now.getTime() - spread(index, 0.618_034) * 4 * HEARTBEAT_MS)
  const at = `${receivedAt.toISOString().slice(0, 19)}Z`
  const leafHash = createHash('sha256').update(`leaf ${index}`).digest('hex')
  return {
    _id: idOf(index),
    area_id: `in-br-block-${index % 534}`,
    public_key: `04${'0'.repeat(128)}`,
    status: 'active',
    stage: 'transformer',
    customers_served: 40,
    point: { type: 'Point', coordinates: [longitude, latitude] },
    enrolment: { leaf_hash: leafHash, area_id: `in-br-block-${index % 534}` },
    enrolled_at: new Date(0),
    latest_event: leafHash,
    latest_event_at: new Date(0),
    changing_until: null,
    pending_event: null,
    last: {
      seq: 1,
      power_status: index % 20 === 0 ? 'OFF' : 'ON',
      timestamp: at,
      since: at,
      received_at: receivedAt,
      leaf_hash: leafHash,
    },
    changed_at: null,
  }
}

/** Every tenth device was off for an hour on each of the last two days. */
async function insertBreaks({ deviceBreaks }: Models): Promise<void> {
  const now = Date.now()
  const rows = Array.from({ length: DEVICES / 10 }, (_, n) =>
    [1, 2].map((day) => {
      const fromAt = now - (day - spread(n, 0.618_034)) * DAY_MS
      return {
        _id: `${idOf(n * 10)}:off:${day}`,
        device_id: idOf(n * 10),
        kind: 'off',
        from_at: new Date(fromAt),
        to_at: new Date(fromAt + HOUR_MS),
        first_seq: null,
        last_seq: null,
      }
    }),
  ).flat()
  for (let first = 0; first < rows.length; first += INSERT_MANY)
    await deviceBreaks.collection.insertMany(rows.slice(first, first + INSERT_MANY) as never)
}

/** The readings of one pause, as the portal notes them. */
async function hearSome({ devices }: Models, round: number): Promise<void> {
  const now = new Date()
  await devices.collection.bulkWrite(
    Array.from({ length: READINGS_PER_PAUSE }, (_, n) => ({
      updateOne: {
        filter: { _id: idOf((round * READINGS_PER_PAUSE + n) % DEVICES) as never },
        update: [
          { $set: { 'last.received_at': now, 'last.power_status': 'ON', noted_at: '$$NOW' } },
        ],
      },
    })),
    { ordered: false },
  )
}

/** Views from the whole world to a lane, here and there. */
function viewOf(round: number): MapQuery {
  const zoom = round % 19
  const span = 360 / 2 ** zoom
  const west = WEST + spread(round, 0.324_718) * (EAST - WEST) - span / 2
  const south = SOUTH + spread(round, 0.220_744) * (NORTH - SOUTH) - span / 4
  return { bbox: [west, south, west + span, south + span / 2], zoom }
}

async function measure(models: Models): Promise<void> {
  const deps = { models, clock: { now: () => new Date() }, settings: { heartbeatMs: HEARTBEAT_MS } }
  const firstAt = performance.now()
  await drawMap(deps, viewOf(0))
  tell('map.100k.first', performance.now() - firstAt, 'ms')
  const took: number[] = []
  let mostFeatures = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    // Each look has readings to catch up with.
    await hearSome(models, round)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    const at = performance.now()
    const map = await drawMap(deps, viewOf(round))
    createHash('sha256').update(JSON.stringify(map)).digest()
    took.push(performance.now() - at)
    mostFeatures = Math.max(mostFeatures, map.features.length)
  }
  tell('map.100k.median', quantile(took, 0.5), 'ms')
  tell('map.100k.p95', quantile(took, 0.95), 'ms', { atMost: P95_LIMIT_MS })
  tell('map.100k.most_features', mostFeatures, 'features', { atMost: MAX_MAP_FEATURES })
}

/** Someone plays the last two days. */
async function measurePast(models: Models): Promise<void> {
  const deps = { models, clock: { now: () => new Date() }, settings: { heartbeatMs: HEARTBEAT_MS } }
  const took: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const at = new Date(Date.now() - 2 * DAY_MS * (1 - round / ROUNDS)).toISOString()
    const startedAt = performance.now()
    const map = await drawMap(deps, { ...viewOf(round), at })
    createHash('sha256').update(JSON.stringify(map)).digest()
    took.push(performance.now() - startedAt)
  }
  const [first = Number.NaN] = took.splice(0, 1)
  tell('map.100k.past.first', first, 'ms')
  tell('map.100k.past.p95', quantile(took, 0.95), 'ms', { atMost: P95_LIMIT_MS })
}
