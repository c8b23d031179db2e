import { z } from 'zod'
import { batchHeaderSchema } from '../batch/header.ts'
import {
  addressField,
  areaIdField,
  hashField,
  hex32Field,
  integerField,
  publicKeyField,
  saltField,
  serverTimeField,
} from '../fields.ts'
import { canonicalText, parseExactJson } from '../json.ts'
import { MalformedError, parseAs } from '../parse.ts'
import { parseRecord, type LedgerRecord } from '../record/index.ts'

/** Proof bundle, formats.md §5. */

/** A tree of 262,144 leaves has paths of 18 hashes. */
const MAX_PATH = 18

const anchorSchema = z.strictObject({
  chain_id: integerField(1),
  contract: addressField,
  transaction: hex32Field,
  block_number: integerField(0),
  block_hash: hex32Field,
  anchored_at: serverTimeField,
})

/** A bundle as JSON; its record is parsed by formats.md §2 on top. */
export const proofBundleSchema = z.strictObject({
  v: z.literal(1, 'expected 1'),
  type: z.literal('proof', 'expected "proof"'),
  record: z.unknown(),
  leaf_hash: hashField,
  index: integerField(0),
  path: z.array(hashField).max(MAX_PATH),
  batch: batchHeaderSchema,
  cid: z.string().regex(/^b[a-z2-7]{58}$/, 'expected a CIDv1 in base32'),
  anchor: anchorSchema,
  device: z
    .strictObject({
      public_key: publicKeyField,
      enrolment: z.strictObject({
        leaf_hash: hashField,
        area_id: areaIdField,
        number: integerField(1),
      }),
    })
    .optional(),
  disclosures: z
    .record(
      z.string().min(1).max(64),
      z.strictObject({ salt: saltField, value: z.string().max(100_000) }),
    )
    .optional(),
})

export type ProofBundle = Omit<z.infer<typeof proofBundleSchema>, 'record'> & {
  record: LedgerRecord
}

/** Parses a bundle from its JSON text, or from a value already parsed; throws `malformed`. */
export function parseProofBundle(input: unknown): ProofBundle {
  const isText = typeof input === 'string' || input instanceof Uint8Array
  const value = parseExactJson(isText ? input : canonicalText(input))
  const bundle = parseAs(proofBundleSchema, value, 'proof bundle')
  const record = parseRecord(bundle.record)
  if (bundle.device && record.type !== 'reading') {
    const message = `expected with a reading only, the record is a ${record.type}`
    throw new MalformedError('proof bundle', [{ path: 'device', message }])
  }
  return { ...bundle, record }
}

const FILE_NAME_DIGITS = 12

/** File name under which a bundle is handed out. */
export const proofFileName = (leafHash: string): string =>
  `${leafHash.slice(0, FILE_NAME_DIGITS)}.gwproof.json`
