/** Below it nothing is a page; modules of the pages answer at names that begin with `_`. */
const API = /^\/+api(?:[/?]|$)(?!_)/i

/** Of the API and of everything else the OpenAPI document has: an address that is none, and a method it does not take. */
export default defineEventHandler((event) => {
  const { method } = event
  const isOfApi = API.test(event.path)
  // A page is read at every other address.
  if (!isOfApi && (method === 'GET' || method === 'HEAD')) return
  const methods = describedMethods(event.path)
  if (methods === null) {
    if (!isOfApi) return
    const path = event.path.replace(/\?.*$/s, '')
    return sendProblem(event, problem('not_found', 404, `${method} ${path}: no such call`))
  }
  if (methods.includes(method)) return
  const allowed = methods.join(', ')
  setResponseHeader(event, 'allow', allowed)
  return sendProblem(
    event,
    problem('method_not_allowed', 405, `method: expected one of ${allowed}, got ${method}`),
  )
})
