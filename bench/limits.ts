import { opensslVerifier } from '../server/adapters/signature-verifier.ts'
import type { Models } from '../server/models/index.ts'
import { insertNew } from '../server/services/insert-new.ts'
import { fromBase64url, type Signature } from '../shared/bytes.ts'
import { signedBytes } from '../shared/reading/index.ts'
import { nextReadings, publicKeyOf } from './readings.ts'
import { ratePerSecond } from './rate.ts'

/** What verification alone and journalled inserts alone reach, both with the whole machine to themselves. */
const VERIFICATIONS = 10_000
const AT_ONCE = 64
const INSERTS = 20_000
const ROWS_PER_INSERT = 100
const DEVICES = 200
/** Of a record with one reading. */
const BODY_CHARACTERS = 700

/** Signatures a second. */
export async function verificationRate(): Promise<number> {
  const verifier = opensslVerifier()
  const signed = nextReadings(VERIFICATIONS).map((reading) => ({
    key: publicKeyOf(reading.device_id),
    message: signedBytes(reading),
    signature: fromBase64url(reading.device_signature) as Signature,
  }))
  return ratePerSecond(signed, AT_ONCE, async ({ key, message, signature }) => {
    if (!(await verifier.verify(key, message, signature))) throw new Error('expected it to hold')
  })
}

/** Records a second, two inserts of a hundred at a time. */
export async function insertRate({ records }: Models): Promise<number> {
  const rows = Array.from({ length: INSERTS }, (_, index) => ({
    _id: index.toString(16).padStart(64, '0'),
    area_id: 'bench',
    type: 'reading' as const,
    ordered_at: new Date(),
    body: 'x'.repeat(BODY_CHARACTERS),
    batch_number: null,
    device_id: `${index % DEVICES}`.padStart(18, '0'),
    seq: index,
    measured_at: new Date(),
    digest: '0'.repeat(64),
    underived: true as const,
  }))
  const groups = Array.from({ length: INSERTS / ROWS_PER_INSERT }, (_, index) =>
    rows.slice(index * ROWS_PER_INSERT, (index + 1) * ROWS_PER_INSERT),
  )
  const rate = await ratePerSecond(groups, 2, async (group) => {
    await insertNew(records, group)
  })
  return rate * ROWS_PER_INSERT
}
