import { fromBase64url, fromUtf8, toBase64url, utf8 } from '../../shared/bytes.ts'
import { CodedError } from '../../shared/coded-error.ts'
import { parseJson } from '../../shared/json.ts'

/** Place in a list ordered by (time, id), newest first. */
export interface Place {
  at: Date
  id: string
}

/** An opaque cursor after this place. */
export const cursorAfter = ({ at, id }: Place): string =>
  toBase64url(utf8(JSON.stringify([at.toISOString(), id])))

/** The place a cursor names. Throws `malformed`. */
export function parseCursor(cursor: string): Place {
  const value = decode(cursor)
  if (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'string' &&
    typeof value[1] === 'string'
  ) {
    const at = new Date(value[0])
    if (!Number.isNaN(at.getTime())) return { at, id: value[1] }
  }
  throw new CodedError(
    'malformed',
    `cursor: expected one that a list answered as next, got ${cursor.slice(0, 60)}`,
  )
}

function decode(cursor: string): unknown {
  try {
    return parseJson(fromUtf8(fromBase64url(cursor)))
  } catch {
    return null
  }
}

/** Filter for what comes after a cursor in a list ordered by `timeField` and `_id`, both descending. */
export function afterCursor(
  timeField: string,
  cursor: string | undefined,
): Record<string, unknown> {
  if (cursor === undefined) return {}
  const { at, id } = parseCursor(cursor)
  return { $or: [{ [timeField]: { $lt: at } }, { [timeField]: at, _id: { $lt: id } }] }
}

/** Cuts a query for `limit + 1` rows to one page; `next` only when there was one more. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => Place,
  toItem: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(toItem),
    next: rows.length > limit && last ? cursorAfter(placeOf(last)) : null,
  }
}
