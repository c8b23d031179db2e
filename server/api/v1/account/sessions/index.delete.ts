import { signOutEverywhere } from '../../../../services/account/end-sessions'

export default apiRoute(async (event) => {
  const current = await requireFullSession(event)
  await signOutEverywhere(useDeps(), current, requestOrigin(event).network)
  clearSessionCookie(event)
  setResponseStatus(event, 204)
  return null
})
