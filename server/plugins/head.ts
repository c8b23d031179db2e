/**
 * Answers HEAD like GET wherever GET is answered (RFC 9110 §9.3.2): the router knows routes by one method only. Node
 * itself leaves the body out, as it saw the method before.
 */
export default defineNitroPlugin((nitroApp) => {
  nitroApp.hooks.hook('request', (event) => {
    const { req } = event.node
    if (req.method !== 'HEAD') return
    event.context.isHead = true
    req.method = 'GET'
  })
})
