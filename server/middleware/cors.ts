/** What takes a session, a token or a one-time link is for our own pages alone. */
const PRIVATE = /^\/api\/v1\/(?:admin|account|session|invitations|resets|push)(?:[/?]|$)/
const PUBLIC =
  /^\/(?:(?:api\/v1|ipfs|open311|og)\/|[^?]*\.(?:atom|ics|csv|geojson|cap|xml)(?:\?|$))/
const EXPOSED = ['etag', 'link', 'allow', 'retry-after', 'content-disposition', 'content-range']
/** Authorization carries the secret of a complaint's link. */
const SENT = [
  ...['authorization', 'content-type', 'idempotency-key', 'last-event-id', 'x-request-id'],
  ...['if-none-match', 'if-range', 'range'],
]

/** Public reads, feeds and ingest are open to any origin, their refusals too. OPTIONS says what an address takes. */
export default defineEventHandler((event) => {
  const isPublic = PUBLIC.test(event.path) && !PRIVATE.test(event.path)
  if (isPublic)
    setResponseHeaders(event, {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': [...EXPOSED, 'x-request-id'].join(', '),
    })
  if (event.method !== 'OPTIONS') return
  const methods = describedMethods(event.path)
  if (methods === null) return
  setResponseHeader(event, 'allow', methods.join(', '))
  if (isPublic)
    setResponseHeaders(event, {
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': SENT.join(', '),
      'access-control-max-age': 86_400,
    })
  return sendNoContent(event)
})
