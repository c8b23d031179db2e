import { signInRequestSchema } from '../../../../shared/api/accounts'
import { currentSession } from '../../../services/account/current-session'
import { describeWho } from '../../../services/account/describe-account'
import { signIn } from '../../../services/account/sign-in'

export default apiRoute(async (event) => {
  setResponseHeader(event, 'cache-control', 'no-store')
  requireOwnOrigin(event)
  const credentials = await smallBodyOf(event, signInRequestSchema)
  const deps = useDeps()
  const previous = readSessionCookie(event)
  const sessionId = await signIn(deps, credentials, requestOrigin(event), previous)
  setSessionCookie(event, sessionId)
  return describeWho(await currentSession(deps, sessionId))
})
