import { createHash } from 'node:crypto'
import type { H3Event } from 'h3'

const ETAG_CHARACTERS = 22

/**
 * Names this content in the answer. True when the reader has it already: the answer is then 304, without content.
 * Readers ask again with If-None-Match.
 */
export function isUnchanged(event: H3Event, content: string): boolean {
  const digest = createHash('sha256').update(content).digest('base64url')
  const etag = `W/"${digest.slice(0, ETAG_CHARACTERS)}"`
  setResponseHeader(event, 'etag', etag)
  if (!event.node.res.hasHeader('cache-control'))
    setResponseHeader(event, 'cache-control', 'public, no-cache')
  return isKnown(event, etag)
}

/** The text of an entity tag, without what says that it is a weak one. */
const TAG = /"[\x21\x23-\x7e\x80-\xff]*"/g

/**
 * True when the reader has what this tag names already, and the answer is made 304: If-None-Match is `*` or has the tag among
 * others, compared weakly (RFC 9110 §13.1.2).
 */
export function isKnown(event: H3Event, etag: string): boolean {
  const asked = getRequestHeader(event, 'if-none-match')?.trim()
  if (asked === undefined) return false
  const [tag] = etag.match(TAG) ?? []
  if (asked !== '*' && !(asked.match(TAG) ?? []).some((known) => known === tag)) return false
  setResponseStatus(event, 304)
  return true
}
