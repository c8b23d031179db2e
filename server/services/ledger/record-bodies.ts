import { hash } from 'node:crypto'
import { toHex, type Hash } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'

const ROWS_PER_QUERY = 2_000
/** RFC 6962 §2.1: a leaf is hashed behind one zero byte. */
const LEAF_PREFIX = '\u0000'

/** Leaf hash of a record's bytes in hex, as `leafHashOf` of shared/merkle, by the runtime's own faster SHA-256. */
export const leafHashOfBody = (body: string): string => hash('sha256', LEAF_PREFIX + body)

/** Throws `record_damaged` unless the stored bytes are those whose leaf hash names the row. */
export function expectIntact(row: { _id: string; body: string }): void {
  const found = leafHashOfBody(row.body)
  if (found !== row._id) {
    throw new CodedError(
      'record_damaged',
      `record ${row._id}: its stored bytes hash to ${found}; the database was altered`,
    )
  }
}

/** Bodies of the records with these leaf hashes, in this order, each checked against its hash. Constant memory. */
export async function* recordBodies(
  { models }: Pick<Deps, 'models'>,
  leaves: readonly Hash[],
): AsyncGenerator<string> {
  for (let from = 0; from < leaves.length; from += ROWS_PER_QUERY) {
    const ids = leaves.slice(from, from + ROWS_PER_QUERY).map(toHex)
    const rows = await models.records.find({ _id: { $in: ids } }, { body: 1 }).lean()
    const bodies = new Map(rows.map((row) => [row._id, row]))
    for (const id of ids) {
      const row = bodies.get(id)
      if (!row)
        throw new CodedError(
          'record_damaged',
          `record ${id}: sealed in a batch, absent from the database`,
        )
      expectIntact(row)
      yield row.body
    }
  }
}
