import { toHex } from '../../../../shared/bytes.ts'
import type { ProofBundle } from '../../../../shared/proof/index.ts'
import {
  recordLeafHash,
  type DeviceEventRecord,
  type LedgerRecord,
} from '../../../../shared/record/index.ts'
import {
  AREA,
  compactReadingOf,
  complaintOf,
  eventOf,
  keyOf,
  PLACE,
  readingOf,
  SALT,
} from './devices.ts'
import { bundleOf, sealArea } from './ledger.ts'

/**
 * A small district: `pump` gets a new key in batch 3; `lane` is suspended in batch 3, gets a new key and is resumed in batch 4 and revoked in
 * batch 5; `stray` is enrolled in another area only. The portal of the fixture keeps every reading, valid or not: a
 * verifier must find out.
 */

const OTHER_AREA = 'in-br-gaya'
export const COMPLAINT_TEXT = 'No power in the whole lane since 11:10.'

export const oldKey = keyOf('pump, first key')
export const newKey = keyOf('pump, second key')
const laneKey = keyOf('lane')
export const laneNewKey = keyOf('lane, second key')
const strayKey = keyOf('stray')

export const events = {
  pumpEnrolled: eventOf('pump', oldKey, 'enrolled', '05:00:00'),
  laneEnrolled: eventOf('lane', laneKey, 'enrolled', '05:00:01'),
  pumpRotated: eventOf('pump', newKey, 'key_rotated', '06:35:00'),
  laneSuspended: eventOf('lane', laneKey, 'suspended', '06:36:00'),
  laneRotatedWhileSuspended: eventOf('lane', laneNewKey, 'key_rotated', '06:48:00'),
  laneResumed: eventOf('lane', laneNewKey, 'resumed', '06:50:00'),
  laneRevoked: eventOf('lane', laneNewKey, 'revoked', '07:05:00'),
  strayEnrolled: eventOf('stray', strayKey, 'enrolled', '05:00:02', OTHER_AREA),
}

export const records = {
  first: readingOf('pump', oldKey, 1, '05:30:00'),
  reading: readingOf('pump', oldKey, 2, '06:18:00'),
  compact: compactReadingOf('lane', laneKey, 1, '06:19:00'),
  beforeRotation: readingOf('pump', oldKey, 3, '06:34:00'),
  afterRotation: readingOf('pump', newKey, 4, '06:37:00'),
  oldKeyAfterRotation: readingOf('pump', oldKey, 5, '06:48:00'),
  whileSuspended: readingOf('lane', laneNewKey, 2, '06:49:00'),
  afterResumed: readingOf('lane', laneNewKey, 3, '06:51:00'),
  beforeRevoked: readingOf('lane', laneNewKey, 4, '07:04:00'),
  afterRevoked: readingOf('lane', laneNewKey, 5, '07:06:00'),
  neverEnrolled: readingOf('stranger', keyOf('stranger'), 1, '06:52:00'),
  enrolledElsewhere: readingOf('stray', strayKey, 1, '06:53:00'),
  complaint: complaintOf(COMPLAINT_TEXT, '07:07:00'),
}

export const batches = [
  ...(await sealArea(AREA, [
    [events.pumpEnrolled, events.laneEnrolled, records.first],
    [
      records.reading,
      records.compact,
      readingOf('lane', laneKey, 9, '06:20:00'),
      readingOf('lane', laneKey, 10, '06:21:00'),
    ],
    [records.beforeRotation, events.pumpRotated, events.laneSuspended, records.afterRotation],
    [
      records.oldKeyAfterRotation,
      events.laneRotatedWhileSuspended,
      records.whileSuspended,
      events.laneResumed,
      records.afterResumed,
      records.neverEnrolled,
      records.enrolledElsewhere,
    ],
    [records.beforeRevoked, events.laneRevoked, records.afterRevoked, records.complaint],
  ])),
  ...(await sealArea(OTHER_AREA, [[events.strayEnrolled]])),
]

/** The `device` member that names this event as the enrolment, and its key unless another is given. */
export function deviceBy(
  event: DeviceEventRecord,
  public_key = event.device.public_key,
): NonNullable<ProofBundle['device']> {
  const leaf_hash = toHex(recordLeafHash(event))
  const { area_id, number } = bundleOf(batches, event).batch
  return { public_key, enrolment: { leaf_hash, area_id, number } }
}

/** The bundle of a record; for a reading, with the event that enrolled its device. */
export function proofOf(
  record: LedgerRecord,
  enrolledBy?: DeviceEventRecord,
  publicKey?: string,
): ProofBundle {
  const bundle = bundleOf(batches, record)
  return enrolledBy ? { ...bundle, device: deviceBy(enrolledBy, publicKey) } : bundle
}

/** Bundles of every kind that verify. */
export const proved: Record<string, ProofBundle> = {
  reading: {
    ...proofOf(records.reading, events.pumpEnrolled),
    disclosures: { location: { salt: SALT, value: PLACE } },
  },
  'compact reading': proofOf(records.compact, events.laneEnrolled),
  'device event': proofOf(events.pumpRotated),
  complaint: {
    ...proofOf(records.complaint),
    disclosures: { text: { salt: SALT, value: COMPLAINT_TEXT } },
  },
}
