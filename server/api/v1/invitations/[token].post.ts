import { oneTimeTokenField, passwordRequestSchema } from '../../../../shared/api/accounts'
import { acceptInvitation } from '../../../services/account/accept-invitation'
import { currentSession } from '../../../services/account/current-session'
import { describeWho } from '../../../services/account/describe-account'

export default apiRoute(async (event) => {
  setResponseHeader(event, 'cache-control', 'no-store')
  requireOwnOrigin(event)
  const token = paramOf(event, 'token', oneTimeTokenField)
  const { password } = await smallBodyOf(event, passwordRequestSchema)
  const deps = useDeps()
  const previous = readSessionCookie(event)
  const sessionId = await acceptInvitation(deps, token, password, requestOrigin(event), previous)
  setSessionCookie(event, sessionId)
  setResponseStatus(event, 201)
  return describeWho(await currentSession(deps, sessionId))
})
