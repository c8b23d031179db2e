import { createHash } from 'node:crypto'
import type { H3Event } from 'h3'
import { CodedError } from '../../shared/coded-error'

const NAME_CHARACTERS = 6

/** Names the list an address is, whatever is asked of it: a cursor goes on in the list that gave it, and in no other. */
const listNameOf = (event: H3Event): string =>
  createHash('sha256').update(addressOf(event)).digest('base64url').slice(0, NAME_CHARACTERS)

const addressOf = ({ path }: H3Event): string => path.replace(/\/?(?:\?.*)?$/s, '')

interface Page {
  items: unknown
  next: string | null
}

const isPage = (value: unknown): value is Page =>
  value !== null && typeof value === 'object' && 'items' in value && 'next' in value

/** The same with cursors that name this list, and a link to the next page (RFC 8288) where the answer is a page. */
export function withNextPage(event: H3Event, answer: object): object {
  if (!isPage(answer)) {
    const entries = Object.entries(answer).map(([name, value]): [string, unknown] =>
      isPage(value) ? [name, named(event, value)] : [name, value],
    )
    return Array.isArray(answer) ? answer : Object.fromEntries(entries)
  }
  const page = named(event, answer)
  if (page.next !== null) {
    const query = new URLSearchParams(event.path.split('?').slice(1).join('?'))
    query.set('cursor', page.next)
    appendResponseHeader(event, 'link', `<${addressOf(event)}?${query.toString()}>; rel="next"`)
  }
  return page
}

const named = (event: H3Event, page: Page): Page =>
  page.next === null ? page : { ...page, next: listNameOf(event) + page.next }

/** A question with the cursor as the list gave it. Throws `malformed` for a cursor of another list. */
export function withOwnCursor(event: H3Event, query: Record<string, unknown>) {
  const { cursor } = query
  if (typeof cursor !== 'string') return query
  if (!cursor.startsWith(listNameOf(event)))
    throw new CodedError(
      'malformed',
      `cursor: expected one that this list answered as next, got ${cursor.slice(0, 60)}`,
    )
  return { ...query, cursor: cursor.slice(NAME_CHARACTERS) }
}
