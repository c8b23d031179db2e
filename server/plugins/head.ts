/**
 * Answers HEAD like GET wherever GET is answered (RFC 9110 §9.3.2): the router knows routes by one method only. Node
 * itself leaves the body out, as it saw the method before. Event streams, which never end, are left out.
 */
export default defineNitroPlugin((nitroApp) => {
  nitroApp.hooks.hook('request', (event) => {
    const { req } = event.node
    if (req.method !== 'HEAD' || req.url?.startsWith('/api/v1/events')) return
    event.context.isHead = true
    req.method = 'GET'
  })
})
