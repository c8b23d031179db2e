import { hash } from 'node:crypto'
import { CodedError } from '../../../shared/coded-error.ts'

/** RFC 6962 §2.1: a leaf is hashed behind one zero byte. */
const LEAF_PREFIX = '\u0000'

/** Leaf hash of a record's bytes in hex, as `leafHashOf` of shared/merkle, by the runtime's own faster SHA-256. */
export const leafHashOfBody = (body: string): string => hash('sha256', LEAF_PREFIX + body)

/** Throws `record_damaged` unless the bytes are there and those whose leaf hash names the row. */
export function expectIntact(row: {
  _id: string
  body?: string | undefined
}): asserts row is { _id: string; body: string } {
  if (row.body === undefined)
    throw new CodedError('record_damaged', `record ${row._id}: its bytes are absent`)
  const found = leafHashOfBody(row.body)
  if (found !== row._id) {
    throw new CodedError(
      'record_damaged',
      `record ${row._id}: its stored bytes hash to ${found}; the database was altered`,
    )
  }
}
