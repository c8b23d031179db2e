/** Every request gets a name, and a line in the log once it is answered. */
export default defineNitroPlugin((nitroApp) => {
  nitroApp.hooks.hook('request', (event) => {
    const { req, res } = event.node
    // Pages ask the API in-process: that is part of their own request.
    if ('__unenv__' in req) return
    const beganAtMs = performance.now()
    const requestId = requestIdOf(event)
    event.context.requestId = requestId
    res.setHeader('x-request-id', requestId)
    res.once('close', () => noteAnswer(event, performance.now() - beganAtMs))
  })
  nitroApp.hooks.hook('error', (error, { event }) => {
    const isOurs = !('statusCode' in error) || Number(error.statusCode) >= 500
    if (event && isOurs) event.context.failure = errorFields(error.cause ?? error)
  })
})
