import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import type { Challenge } from 'altcha-lib/types'
import { signingKey } from '../../../server/adapters/signing-key.ts'
import { opensslVerifier } from '../../../server/adapters/signature-verifier.ts'
import { ensureIndexes, type Models } from '../../../server/models/index.ts'
import { newChallenge } from '../../../server/services/complaint/complaint-challenge.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { fileComplaint } from '../../../server/services/complaint/file-complaint.ts'
import { handleComplaint } from '../../../server/services/complaint/handle-complaint.ts'
import type { Official } from '../../../server/services/complaint/official.ts'
import { putArea } from '../../../server/services/area/put-area.ts'
import type { ComplaintActionRequest } from '../../../shared/api/complaint-admin.ts'
import type { ComplaintFiled, ComplaintRequest } from '../../../shared/api/complaints.ts'
import { parseJson } from '../../../shared/json.ts'
import { parseRecord, type ComplaintEventRecord } from '../../../shared/record/index.ts'
import { startMongo } from '../../../stack/mongodb/index.ts'
import { TestDevice } from '../../device.ts'
import { complaintDesk, openModels, TestClock } from './deps.ts'

/** The services of complaints on the real database, with a clock of the test's own and no server around them. */
export interface Desk {
  deps: Deps
  models: Models
  clock: TestClock
  stop(): Promise<void>
}

/** In the middle of the block of `putTree`. */
export const PLACE = { latitude: 25.594149, longitude: 85.137651 }
export const OFFICIAL: Official = { pseudonym: 'official:7f3a', areas: ['patna'] }

export async function openDesk(): Promise<Desk> {
  const dir = await mkdtemp(join(tmpdir(), 'gridwitness-complaints-'))
  const mongo = await startMongo({ dir })
  const { models, close } = await openModels({ mongodbUri: mongo.uri })
  await ensureIndexes(models)
  const clock = new TestClock()
  const settings = {
    batchIntervalMs: 60_000,
    maxBatchRecords: 100,
    confirmations: 1,
    heartbeatMs: 900_000,
    bumpAfterMs: 60_000,
    leaseMs: 30_000,
  }
  const given = {
    models,
    clock,
    settings,
    verifier: opensslVerifier(),
    logKey: signingKey(randomBytes(32).toString('hex')),
    complaintDesk: complaintDesk(),
  }
  return {
    // Whatever else a service reached for would be undefined, and fail.
    deps: given as unknown as Deps,
    models,
    clock,
    async stop() {
      await close()
      await mongo.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const box = (west: number, south: number, east: number, north: number) => ({
  type: 'Polygon' as const,
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ] as [number, number][],
  ],
})

/** A district of a city block and the country around it, and another district. */
export async function putTree({ deps }: Desk): Promise<void> {
  const area = { kind: 'area', name: 'area' }
  await putArea(deps, 'patna', { ...area, parent_id: null, geometry: box(85, 25, 86, 26) })
  await putArea(deps, 'patna-city', {
    ...area,
    parent_id: 'patna',
    area_type: 'urban',
    geometry: box(85.1, 25.5, 85.2, 25.7),
  })
  await putArea(deps, 'gaya', { ...area, parent_id: null, geometry: box(84, 24, 85, 25) })
}

/** A challenge solved, as the widget hands it over. */
export async function solved(challenge: unknown): Promise<string> {
  const given = challenge as Challenge
  const solution = await solveChallenge({ challenge: given, deriveKey })
  return Buffer.from(JSON.stringify({ challenge: given, solution })).toString('base64')
}

export const workDone = async ({ deps }: Desk): Promise<string> => solved(await newChallenge(deps))

export const fileAt = async (
  desk: Desk,
  members: Partial<ComplaintRequest> = {},
): Promise<ComplaintFiled> =>
  fileComplaint(desk.deps, {
    kind: 'no_supply',
    ...PLACE,
    altcha: await workDone(desk),
    ...members,
  })

export const act = (desk: Desk, complaintId: string, request: ComplaintActionRequest) =>
  handleComplaint(desk.deps, OFFICIAL, complaintId, request)

/** The records of a complaint in their order. */
export async function recordsOf(
  { models }: Desk,
  complaintId: string,
): Promise<ComplaintEventRecord[]> {
  const rows = await models.records
    .find({ type: 'complaint_event', complaint_id: complaintId })
    .sort({ ordered_at: 1 })
    .lean()
  return rows.flatMap(({ body }) => {
    const record = parseRecord(parseJson(body ?? ''))
    return record.type === 'complaint_event' ? [record] : []
  })
}

/** Enrols a sensor and lets it say something, at the test's time. */
export async function sensorSays(
  { deps, models, clock }: Desk,
  name: string,
  power_status: 'ON' | 'OFF',
  facts: Partial<TestDevice['facts']> = {},
): Promise<string> {
  const { facts: device } = new TestDevice(name, { ...PLACE, ...facts })
  if (!(await models.devices.exists({ _id: device.device_id })))
    await enrolDevices(deps, [{ area_id: 'patna-city', device }])
  const timestamp = clock
    .now()
    .toISOString()
    .replace(/\.\d{3}Z$/, 'Z')
  await models.devices.updateOne(
    { _id: device.device_id },
    {
      $set: {
        last: {
          seq: 1,
          power_status,
          timestamp,
          since: timestamp,
          received_at: clock.now(),
          leaf_hash: '00'.repeat(32),
        },
      },
    },
  )
  return device.device_id
}
