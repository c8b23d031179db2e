import { describeWho } from '../../../services/account/describe-account'
import { signOut } from '../../../services/account/end-sessions'

export default apiRoute(async (event) => {
  const current = await sessionOf(event)
  if (current) await signOut(useDeps(), current, requestOrigin(event).network)
  clearSessionCookie(event)
  return describeWho(null)
})
