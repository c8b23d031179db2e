import type { Contract } from 'ethers'
import { cidOfFile } from '../../../server/adapters/unixfs.ts'
import { areaIdBytes32 } from '../../../shared/area.ts'
import { writeBatchFile, ZERO_ROOT, type BatchHeader } from '../../../shared/batch/index.ts'
import { concat, sha256, toHex } from '../../../shared/bytes.ts'
import { canonicalText } from '../../../shared/json.ts'
import { merkleRoot } from '../../../shared/merkle/index.ts'
import { signedBytes, type Reading, type UnsignedReading } from '../../../shared/reading/index.ts'
import {
  orderedAt,
  recordLeafHash,
  type DeviceEventRecord,
  type LedgerRecord,
} from '../../../shared/record/index.ts'
import { newKey, signed, type Key } from './sensor.ts'

export const TRANSFORMER = '01230000000000000A'
export const HOME = '01230000000000000B'
export const MIDNIGHT_AT = Date.UTC(2024, 10, 21)
export const MINUTE_MS = 60_000
const HEARTBEAT_MINUTES = 15

const location_commitment = toHex(sha256(Uint8Array.of(1)))
const serverTime = (at: number) => new Date(at).toISOString()
const deviceTime = (at: number) => serverTime(at).replace('.000Z', 'Z')

interface Sensor {
  deviceId: string
  key: Key
  customers: number
  stage: 'transformer' | 'house'
}

export const eventOf = (
  areaId: string,
  { deviceId, key, customers, stage }: Sensor,
  event: DeviceEventRecord['event'],
  at: number,
): DeviceEventRecord => ({
  v: 1,
  type: 'device_event',
  area_id: areaId,
  at: serverTime(at),
  event,
  device: {
    device_id: deviceId,
    public_key: key.publicKey,
    stage,
    customers_served: customers,
    location_commitment,
  },
})

export const readingRecord = (areaId: string, reading: Reading): LedgerRecord => ({
  v: 1,
  type: 'reading',
  area_id: areaId,
  received_at: serverTime(Date.parse(reading.timestamp) + 1000),
  reading,
})

/** What a sensor says every quarter of an hour for four hours, mains being away from 2:00 to 3:00. */
async function fourHoursOf({ deviceId, key }: Sensor): Promise<Reading[]> {
  const readings: Reading[] = []
  let previous: string | undefined
  for (let seq = 1; seq <= 17; seq += 1) {
    const minute = (seq - 1) * HEARTBEAT_MINUTES
    const reading: UnsignedReading = {
      v: 1,
      device_id: deviceId,
      location_commitment,
      seq,
      timestamp: deviceTime(MIDNIGHT_AT + minute * MINUTE_MS),
      power_status: minute >= 120 && minute < 180 ? 'OFF' : 'ON',
      reason: 'heartbeat',
      ...(previous !== undefined && { previous }),
    }
    previous = toHex(sha256(signedBytes(reading)))
    readings.push(await signed(key, reading))
  }
  return readings
}

/** Transformer and home of an area over four hours; the transformer's reading 3 was lost. */
export async function fourHours(
  areaId: string,
  { transformer = TRANSFORMER, home = HOME }: { transformer?: string; home?: string } = {},
) {
  const sensors = {
    transformer: {
      deviceId: transformer,
      key: await newKey(),
      customers: 99,
      stage: 'transformer',
    },
    home: { deviceId: home, key: await newKey(), customers: 1, stage: 'house' },
  } as const satisfies Record<string, Sensor>
  const readings = [
    ...(await fourHoursOf(sensors.transformer)).filter(({ seq }) => seq !== 3),
    ...(await fourHoursOf(sensors.home)),
  ]
  const records: LedgerRecord[] = [
    eventOf(areaId, sensors.transformer, 'enrolled', MIDNIGHT_AT),
    eventOf(areaId, sensors.home, 'enrolled', MIDNIGHT_AT),
    ...readings.map((reading) => readingRecord(areaId, reading)),
  ]
  return { sensors, records }
}

export interface SealedFile {
  header: BatchHeader
  file: Uint8Array
  cid: Awaited<ReturnType<typeof cidOfFile>>
}

const orderOf = (record: LedgerRecord) => `${orderedAt(record)} ${toHex(recordLeafHash(record))}`

/** Seals records as the next batch; `said` is what its header says otherwise. */
export async function seal(
  areaId: string,
  before: BatchHeader | undefined,
  unordered: readonly LedgerRecord[],
  said: Partial<BatchHeader> = {},
): Promise<SealedFile> {
  const records = unordered.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  const last = records.at(-1)
  if (!last) throw new Error('expected records')
  const header: BatchHeader = {
    v: 1,
    type: 'batch',
    area_id: areaId,
    number: (before?.number ?? 0) + 1,
    previous_root: before?.root ?? ZERO_ROOT,
    root: toHex(merkleRoot(records.map(recordLeafHash))),
    sealed_at: orderedAt(last),
    size: records.length,
    ...said,
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of writeBatchFile(header, records.map(canonicalText))) chunks.push(chunk)
  const file = concat(...chunks)
  return { header, file, cid: await cidOfFile(inOneChunk(file)) }
}

async function* inOneChunk(bytes: Uint8Array) {
  yield bytes
}

/** Seals records in three batches: before 1:30, before 2:45, and the rest. */
export async function inThreeBatches(areaId: string, records: readonly LedgerRecord[]) {
  const minutes = [0, 90, 165, Number.POSITIVE_INFINITY]
  const batches: SealedFile[] = []
  for (const [index, from] of minutes.slice(0, -1).entries()) {
    const to = minutes[index + 1] ?? 0
    const part = records.filter((record) => {
      const minute = (Date.parse(orderedAt(record)) - MIDNIGHT_AT) / MINUTE_MS
      return minute >= from && minute < to
    })
    batches.push(await seal(areaId, batches.at(-1)?.header, part))
  }
  return batches
}

/** Anchors batches of an area one after another, as an operator would who says the contract what it wants to hear. */
export async function anchor(
  ledger: Contract,
  areaId: string,
  batches: readonly SealedFile[],
): Promise<void> {
  const answers = batches.map(({ header, cid }, index) => ({
    areaId: areaIdBytes32(areaId),
    previousRoot: `0x${batches[index - 1]?.header.root ?? ZERO_ROOT}`,
    root: `0x${header.root}`,
    size: header.size,
    cid: cid.bytes,
  }))
  await (await ledger.getFunction('anchor')(answers)).wait()
}
