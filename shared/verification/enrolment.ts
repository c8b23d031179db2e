import type { ProofBundle } from '../proof/index.ts'
import type { DeviceEventRecord } from '../record/index.ts'
import type { BatchFiles } from './batch-files.ts'
import { expectSame, VerificationError, type Evidence } from './evidence.ts'

/** Events after which a device's key counts, and after which it no longer does. */
const KEY_BEGINS = ['enrolled', 'key_rotated', 'moved', 'resumed']
const KEY_ENDS = ['suspended', 'revoked']

/**
 * Step 6: the key was enrolled in this area by a record that is itself in the ledger, and no later record up to this
 * batch took it away. Reads every batch of the area from the enrolment to the record.
 */
export async function checkEnrolment({ record, device, batch }: ProofBundle, files: BatchFiles): Promise<Evidence> {
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
    throw new VerificationError('enrolment', `batch: enrolled in ${enrolment.number}, after the record's ${batch.number}`)
  }
  let key: string | null = null
  for (let number = enrolment.number; number <= batch.number; number += 1) {
    const { deviceEvents } = await files.read(number)
    if (number === enrolment.number && !deviceEvents.some(({ leafHash }) => leafHash === enrolment.leaf_hash)) {
      throw new VerificationError('enrolment', `batch ${number}: holds no device event ${enrolment.leaf_hash}`)
    }
    for (const { record: event } of deviceEvents) {
      if (event.device.device_id !== record.reading.device_id || event.at > record.received_at) continue
      key = keyAfter(event)
    }
  }
  if (key !== public_key) {
    const found = key === null ? 'no valid key' : `key ${key}`
    throw new VerificationError('enrolment', `device: expected ${public_key} enrolled at ${record.received_at}, found ${found}`)
  }
  return {
    step: 'enrolment',
    status: 'proved',
    statement: `The device's key was enrolled in ${enrolment.area_id} (batch ${enrolment.number}) and neither suspended nor revoked when the reading came.`,
    limit: 'Who installed the device, and where it really hangs, rests on those who enrolled it.',
    facts: { enrolment: enrolment.leaf_hash, first_batch: enrolment.number, last_batch: batch.number },
  }
}

function keyAfter({ event, device }: DeviceEventRecord): string | null {
  if (KEY_BEGINS.includes(event)) return device.public_key
  return KEY_ENDS.includes(event) ? null : device.public_key
}
