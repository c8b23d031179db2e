import { z } from 'zod'
import { areaIdField, hashField, integerField, serverTimeField } from '../fields.ts'

/** Most records one batch holds; formats.md §3. */
export const MAX_BATCH_RECORDS = 262_144
/** `previous_root` of an area's first batch. */
export const ZERO_ROOT = '0'.repeat(64)

/** First line of a batch file; formats.md §3. */
export const batchHeaderSchema = z.strictObject({
  v: z.literal(1, 'expected 1'),
  type: z.literal('batch', 'expected "batch"'),
  area_id: areaIdField,
  number: integerField(1),
  previous_root: hashField,
  root: hashField,
  sealed_at: serverTimeField,
  size: integerField(1).max(MAX_BATCH_RECORDS, `expected at most ${MAX_BATCH_RECORDS}`),
})

export type BatchHeader = z.infer<typeof batchHeaderSchema>
