import type { ProofBundle } from '../proof/index.ts'
import { STANDING_AFTER, type DeviceEventRecord } from '../record/index.ts'
import type { BatchFiles, ProvedFile } from './batch-files.ts'
import { expectSame, VerificationError, type Evidence } from './evidence.ts'

export interface DeviceStanding {
  /** Null before the first event. */
  key: string | null
  standing: 'active' | 'suspended' | 'revoked'
}

/** Key and standing of a device at a moment of the server's clock, by its events in the order of the ledger. */
export function standingAt(events: Iterable<DeviceEventRecord>, at: string): DeviceStanding {
  const found: DeviceStanding = { key: null, standing: 'active' }
  for (const event of events) {
    if (event.at > at) continue
    found.key = event.device.public_key
    found.standing = STANDING_AFTER[event.event] ?? found.standing
  }
  return found
}

/**
 * Step 6: the key was enrolled in this area by a record that is itself in the ledger, and no later record up to this
 * batch took it away. Reads every batch of the area from the enrolment to the record.
 */
export async function checkEnrolment(bundle: ProofBundle, files: BatchFiles): Promise<Evidence> {
  const { record, device, batch } = bundle
  if (record.type !== 'reading' || !device) {
    return {
      step: 'enrolment',
      status: 'not_applicable',
      statement: 'No device is involved in this record.',
      limit: null,
      facts: {},
    }
  }
  const { enrolment, public_key } = device
  expectSame('enrolment', 'area of the enrolment', record.area_id, enrolment.area_id)
  if (enrolment.number > batch.number) {
    throw new VerificationError(
      'enrolment',
      `batch: enrolled in ${enrolment.number}, after the record's ${batch.number}`,
    )
  }
  const events: DeviceEventRecord[] = []
  for (let number = enrolment.number; number <= batch.number; number += 1) {
    const { deviceEvents } = await files.read(number)
    if (number === enrolment.number) expectEnrolment(bundle, deviceEvents)
    for (const { record: event } of deviceEvents) events.push(event)
  }
  const { key, standing } = standingAt(events, record.received_at)
  if (key !== public_key || standing !== 'active') {
    throw new VerificationError(
      'enrolment',
      `device: expected ${public_key} active at ${record.received_at}, found ${key ?? 'no key'} ${standing}`,
    )
  }
  return {
    step: 'enrolment',
    status: 'proved',
    statement: `The device's key was enrolled in ${enrolment.area_id} (batch ${enrolment.number}) and neither suspended nor revoked when the reading came.`,
    limit: 'Who installed the device, and where it really hangs, rests on those who enrolled it.',
    facts: {
      enrolment: enrolment.leaf_hash,
      first_batch: enrolment.number,
      last_batch: batch.number,
    },
  }
}

/**
 * The event the bundle names is in its batch, is of this device, and made it active: after any other, what happened
 * before would still bear on the reading, and is not read. Which key counts, all events say.
 */
function expectEnrolment(
  { record, device }: ProofBundle,
  events: ProvedFile['deviceEvents'],
): void {
  if (record.type !== 'reading' || !device) return
  const { leaf_hash, number } = device.enrolment
  const found = events.find(({ leafHash }) => leafHash === leaf_hash)?.record
  if (!found)
    throw new VerificationError(
      'enrolment',
      `batch ${number}: holds no event ${leaf_hash} of device ${record.reading.device_id}`,
    )
  if (STANDING_AFTER[found.event] !== 'active') {
    throw new VerificationError(
      'enrolment',
      `event ${leaf_hash}: expected enrolled or resumed, got ${found.event}`,
    )
  }
}
