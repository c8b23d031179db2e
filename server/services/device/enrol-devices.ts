import type { Enrolled, Enrolment } from '../../../shared/api/devices.ts'
import { publicKeyFromHex } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { canonicalText } from '../../../shared/json.ts'
import { expectP256Point } from '../../../shared/signature/index.ts'
import type { DeviceRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { insertNew } from '../insert-new.ts'
import { placeDevices } from './place-device.ts'
import {
  decideEvent,
  factsOf,
  findDeviceRow,
  finishPendingEvent,
  rowAfter,
} from './record-device-event.ts'

/**
 * Enrols devices, all or none when one is refused: each becomes a `device_event` record, and its key counts from then on.
 * One that states no area is placed by its coordinates (place-device.ts), once: it stays where it was enrolled. Enrolling
 * the same facts again changes nothing. Throws what placing throws, `malformed` for a key that is no point of the curve, `key_conflict` for an id known with another
 * key (that takes a `key_rotated` event), `device_conflict` for other facts (that takes a `moved` event).
 */
export async function enrolDevices(
  deps: Deps,
  enrolments: readonly Enrolment[],
): Promise<Enrolled[]> {
  const { models } = deps
  expectOneVoice(enrolments)
  const ids = enrolments.map(({ device }) => device.device_id)
  const known = new Map(
    (await models.devices.find({ _id: { $in: ids } }).lean()).map((row) => [row._id, row]),
  )
  for (const enrolment of enrolments) {
    const row = known.get(enrolment.device.device_id)
    if (row) expectSameDevice(row, enrolment)
  }
  const fresh = enrolments.filter(({ device }) => !known.has(device.device_id))
  for (const { device } of fresh) expectP256Point(publicKeyFromHex(device.public_key))
  const placed = await placeDevices(deps, fresh)
  await insertNew(
    models.devices,
    placed.map((enrolment) => newRow(deps, enrolment)),
  )

  const answers: Enrolled[] = []
  for (const enrolment of enrolments) {
    const { device_id } = enrolment.device
    const row = await models.devices.findById(device_id).lean()
    if (!row) throw new Error(`device ${device_id}: just enrolled, yet absent`)
    // Another request may have enrolled the same id between the two looks.
    expectSameDevice(row, enrolment)
    await finishPendingEvent(deps, row)
    const { enrolment: enrolled } = await findDeviceRow(deps, device_id)
    answers.push({
      device_id,
      status: known.has(device_id) ? 'already_enrolled' : 'enrolled',
      leaf_hash: enrolled.leaf_hash,
    })
  }
  return answers
}

/** A device named twice in one request must be named with the same facts, before anything is stored. */
function expectOneVoice(enrolments: readonly Enrolment[]): void {
  const named = new Map<string, string>()
  for (const enrolment of enrolments) {
    const { device_id } = enrolment.device
    const text = canonicalText(enrolment)
    if ((named.get(device_id) ?? text) !== text) {
      throw new CodedError(
        'device_conflict',
        `device ${device_id}: expected once in a request, got it twice with different facts`,
      )
    }
    named.set(device_id, text)
  }
}

function expectSameDevice(row: DeviceRow, { area_id, device }: Enrolment): void {
  if (row.public_key !== device.public_key) {
    throw new CodedError(
      'key_conflict',
      `device ${row._id}: enrolled with key ${row.public_key}, got ${device.public_key}; a new key takes a key_rotated event`,
    )
  }
  const isElsewhere = area_id !== undefined && area_id !== row.area_id
  if (isElsewhere || canonicalText(factsOf(row)) !== canonicalText(device)) {
    throw new CodedError(
      'device_conflict',
      `device ${row._id}: enrolled in ${row.area_id} as ${canonicalText(factsOf(row))}; changes take a moved event`,
    )
  }
}

function newRow({ clock }: Deps, { area_id, device }: Enrolment & { area_id: string }): DeviceRow {
  const decided = decideEvent(clock.now(), { area_id, device, event: 'enrolled' })
  return {
    _id: device.device_id,
    area_id,
    public_key: device.public_key,
    stage: device.stage,
    customers_served: device.customers_served,
    enrolment: { leaf_hash: decided.leafHash, area_id },
    ...rowAfter([decided]),
    status: 'entering',
    enrolled_at: new Date(decided.record.at),
    latest_event_at: new Date(decided.record.at),
    latest_event: decided.leafHash,
    changing_until: null,
    pending_event: [decided.body],
    last: null,
    changed_at: null,
  }
}
