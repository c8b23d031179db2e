/** Nothing below `/api/v1/admin` is reached unasked, a route that forgot to ask included. */
export default defineEventHandler(async (event) => {
  if (!/^\/+api\/v1\/+admin(?:\/|$)/i.test(event.path)) return
  try {
    await requireAccess(event)
  } catch (error) {
    return sendRefusal(event, error)
  }
})
