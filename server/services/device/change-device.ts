import type { DeviceEventRequest, Enrolled } from '../../../shared/api/devices.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { DeviceEventRecord, DeviceFacts } from '../../../shared/record/index.ts'
import type { DeviceRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { changedFacts, isPlaceStated } from './changed-facts.ts'
import { placeDevices } from './place-device.ts'
import { decideEvent, factsOf, findDeviceRow, finishPendingEvent } from './record-device-event.ts'

/** How long deciding on a change may take; after a crash in it the device is heard again after this. */
const DECIDING_MS = 5_000

/** From which status an event may happen. */
const ALLOWED_FROM: Record<DeviceEventRequest['event'], readonly DeviceRow['status'][]> = {
  key_rotated: ['active', 'suspended'],
  moved: ['active', 'suspended'],
  suspended: ['active'],
  resumed: ['suspended'],
  revoked: ['active', 'suspended'],
}

type ApprovedRequest = DeviceEventRequest & { approved_by: string }

/**
 * Records what happens to an enrolled device, signed off by an administrator whose pseudonym and reason stand in the
 * record. Answers the leaf hash of the record; for a move to another area, of the enrolment there. Throws `not_found`,
 * `unknown_area`, `malformed` for facts the event does not change, `device_conflict` when the device is in no state for
 * it or another change came first.
 */
export async function changeDevice(
  deps: Deps,
  deviceId: string,
  request: ApprovedRequest,
): Promise<Enrolled> {
  const { models, clock } = deps
  const row = await findDeviceRow(deps, deviceId)
  if (!ALLOWED_FROM[request.event].includes(row.status)) {
    throw new CodedError(
      'device_conflict',
      `device ${deviceId}: ${request.event} needs ${ALLOWED_FROM[request.event].join(' or ')}, it is ${row.status}`,
    )
  }
  const facts = changedFacts(row, request)
  // Whoever moves to another place and states no area belongs where that place lies.
  const area_id = request.area_id ?? (isPlaceStated(request) ? undefined : row.area_id)
  const [placed] = await placeDevices(deps, [{ area_id, device: facts }])
  if (!placed) throw new Error(`device ${deviceId}: expected it placed`)
  const changingUntil = await holdReadings(deps, row)
  // Dated only now: a reading taken by the state of before is dated before, and none is dated until the row tells.
  const now = clock.now()
  const decided = entriesOf(row, placed, request).map((entry, index) =>
    decideEvent(laterThan(row, now, index), entry),
  )
  // Once the hold is over, readings are judged by the state of before and dated after the decision.
  if (now >= changingUntil) throw overtaken(deviceId)
  const claimed = await models.devices
    .findOneAndUpdate(
      { _id: deviceId, latest_event: row.latest_event, changing_until: changingUntil },
      {
        $set: {
          latest_event: decided.at(-1)?.leafHash,
          pending_event: decided.map(({ body }) => body),
          changing_until: null,
        },
      },
      { returnDocument: 'after' },
    )
    .lean()
  const answer = decided.find(({ record }) => record.area_id === placed.area_id)
  if (!claimed || !answer) throw overtaken(deviceId)
  await finishPendingEvent(deps, claimed)
  return { device_id: deviceId, status: 'recorded', leaf_hash: answer.leafHash }
}

/**
 * Times of the records of a decision, each after the one before, whatever the clocks of several instances say. The first
 * is after now: a reading taken in this very millisecond was judged by the state of before.
 */
const laterThan = ({ latest_event_at }: DeviceRow, now: Date, index: number): Date =>
  new Date(Math.max(now.getTime(), latest_event_at.getTime()) + 1 + index)

type Entry = Pick<DeviceEventRecord, 'area_id' | 'device' | 'event' | 'reason'>

/**
 * What the ledger is told. Whoever verifies reads one area only, so a move to another is told in both: in the old one the
 * device stops, in the new one it is enrolled, and stopped there too if it was.
 */
function entriesOf(
  row: DeviceRow,
  { area_id, device }: { area_id: string; device: DeviceFacts },
  { event, reason, approved_by }: ApprovedRequest,
): Entry[] {
  const approved = `${reason} (approved by ${approved_by})`
  if (area_id === row.area_id) return [{ area_id, device, event, reason: approved }]
  const leaves: Entry = {
    area_id: row.area_id,
    device: factsOf(row),
    event: 'suspended',
    reason: `moved to ${area_id}: ${approved}`,
  }
  const arrives = { area_id, device, reason: `moved from ${row.area_id}: ${approved}` }
  const enrolled: Entry = { ...arrives, event: 'enrolled' }
  return row.status === 'suspended'
    ? [enrolled, { ...arrives, event: 'suspended' }]
    : [leaves, enrolled]
}

/** Takes the right to change a device, for a moment in which its readings are asked to come again. */
async function holdReadings({ models, clock }: Deps, row: DeviceRow): Promise<Date> {
  const now = clock.now()
  const changingUntil = new Date(now.getTime() + DECIDING_MS)
  const { matchedCount } = await models.devices.updateOne(
    {
      _id: row._id,
      latest_event: row.latest_event,
      pending_event: null,
      $or: [{ changing_until: null }, { changing_until: { $lte: now } }],
    },
    { $set: { changing_until: changingUntil } },
  )
  if (matchedCount === 0) throw overtaken(row._id)
  return changingUntil
}

const overtaken = (deviceId: string) =>
  new CodedError('device_conflict', `device ${deviceId}: another change came first; look again`)
