import { randomUUID } from 'node:crypto'
import type { Models, RecordRow } from '../../../server/models/index.ts'
import { deriveOutages } from '../../../server/services/outage/derive-outages.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { lease } from '../../../server/services/lease.ts'
import { readingOfRow } from '../../../server/services/outage/sound-records.ts'
import { leafHashOfBody } from '../../../server/services/ledger/record-bodies.ts'
import { toHex } from '../../../shared/bytes.ts'
import { canonicalText, parseJson } from '../../../shared/json.ts'
import {
  deviceLine,
  serviceSpans,
  type DeviceHistory,
  type LedgerDeviceEvent,
} from '../../../shared/outage/index.ts'
import { signedBytes, signedDigest } from '../../../shared/reading/index.ts'
import { parseRecord, type DeviceEventRecord } from '../../../shared/record/index.ts'
import { TestDevice } from '../../device.ts'

export const START_AT = Date.parse('2026-09-01T00:00:00Z')
const MINUTE_MS = 60_000

/** Forgets all records and what follows from them. */
export async function forget({ models }: Pick<Deps, 'models'>): Promise<void> {
  const { records, deviceLines, deviceBreaks, outages, outageRounds, areaDays, failures } = models
  await Promise.all([
    records.deleteMany({}),
    deviceLines.deleteMany({}),
    deviceBreaks.deleteMany({}),
    outages.deleteMany({}),
    outageRounds.deleteMany({}),
    areaDays.deleteMany({}),
    models.outageBasis.deleteMany({}),
    failures.deleteMany({}),
  ])
}

export const devices = [
  new TestDevice('one'),
  new TestDevice('two', { stage: 'house', customers_served: 1 }),
  new TestDevice('three', { stage: 'house', customers_served: 2 }),
]
export const at = (minutes: number) => new Date(START_AT + minutes * MINUTE_MS)

export function eventRow(
  device: Pick<TestDevice, 'facts'>,
  event: DeviceEventRecord['event'],
  minutes: number,
  area = 'a',
): RecordRow {
  const record: DeviceEventRecord = {
    v: 1,
    type: 'device_event',
    area_id: area,
    at: at(minutes).toISOString(),
    event,
    device: device.facts,
  }
  const body = canonicalText(record)
  return {
    _id: leafHashOfBody(body),
    area_id: area,
    type: 'device_event',
    ordered_at: at(minutes),
    body,
    batch_number: null,
    device_id: device.facts.device_id,
    underived: true,
  }
}

export interface Said {
  minutes: number
  on: boolean
  lateMinutes: number
}

export function readingRow(device: TestDevice, seq: number, { minutes, on, lateMinutes }: Said) {
  const reading = device.read({
    seq,
    timestamp: at(minutes).toISOString().replace('.000', ''),
    power_status: on ? 'ON' : 'OFF',
    reason: 'heartbeat',
  })
  const receivedAt = at(minutes + lateMinutes)
  const body = canonicalText({
    v: 1,
    type: 'reading',
    area_id: 'a',
    received_at: receivedAt.toISOString(),
    reading,
  })
  return {
    _id: leafHashOfBody(body),
    area_id: 'a',
    type: 'reading' as const,
    ordered_at: receivedAt,
    body,
    batch_number: null,
    underived: true as const,
    device_id: device.facts.device_id,
    seq,
    measured_at: at(minutes),
    digest: toHex(signedDigest(signedBytes(reading))),
  }
}

/** Derives outages under a lease of its own, through other models where given. */
export async function derive(deps: Deps, models: Models = deps.models): Promise<number | null> {
  const own = lease(deps, 'outages', randomUUID())
  try {
    return await deriveOutages({ ...deps, models }, own)
  } finally {
    await own.release()
  }
}

/** All devices by the rules alone, from all records at once. */
export async function historiesFromScratch({
  models,
  settings,
}: Pick<Deps, 'models' | 'settings'>): Promise<DeviceHistory[]> {
  const rows = await models.records.find().lean()
  return [...Map.groupBy(rows, ({ device_id = '' }) => device_id)].map(([deviceId, ofDevice]) => {
    const events = ofDevice.flatMap(({ _id, body }): LedgerDeviceEvent[] => {
      const record = parseRecord(parseJson(body ?? ''))
      return record.type === 'device_event' ? [{ record, leafHash: _id }] : []
    })
    const readings = ofDevice.filter(({ type }) => type === 'reading').map(readingOfRow)
    const line = deviceLine(readings, settings.heartbeatMs)
    return { deviceId, service: serviceSpans(events), breaks: line.breaks }
  })
}
