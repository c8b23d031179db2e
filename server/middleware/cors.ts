/** What takes a session, a token or a secret link is for our own pages alone. */
const PRIVATE = /^\/api\/v1\/(?:admin|account|session|invitations|resets|push)(?:[/?]|$)/

/** Public reads and ingest are open to any origin. */
export default defineEventHandler((event) => {
  const isPublic = /^\/(?:api\/v1|ipfs|open311)\//.test(event.path) && !PRIVATE.test(event.path)
  if (!isPublic) return
  setResponseHeaders(event, {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'etag, retry-after, content-disposition, x-request-id',
  })
  if (event.method !== 'OPTIONS') return
  setResponseHeaders(event, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'content-type, if-none-match, last-event-id, idempotency-key',
    'access-control-max-age': 86_400,
  })
  setResponseStatus(event, 204)
  return ''
})
