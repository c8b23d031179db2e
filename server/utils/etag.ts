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
  if (getRequestHeader(event, 'if-none-match') !== etag) return false
  setResponseStatus(event, 304)
  return true
}
