/** Has limits of its own, of devices and of readings. */
const READINGS = '/api/v1/readings'
/** Asked by whoever watches over the portal, most of all when too much is asked of it. */
const WATCHED = /^\/(?:health|ready|metrics)$/

/** No one address asks more than the operator allows. Files are answered before, and count nothing. */
export default defineEventHandler((event) => {
  const { NUXT_ADDRESS_REQUESTS_PER_MINUTE: most } = useComposition().config
  // A page that is rendered asks the portal itself.
  if (most === 0 || '__unenv__' in event.node.req) return
  if (WATCHED.test(event.path) || (event.method === 'POST' && event.path === READINGS)) return
  try {
    countRequest(event)
  } catch (error) {
    return sendRefusal(event, error)
  }
})
