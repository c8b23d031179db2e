import { signInRequestSchema } from '../../../../shared/api/accounts'
import { signIn } from '../../../services/account/sign-in'

export default apiRoute(async (event) => {
  setResponseHeader(event, 'cache-control', 'no-store')
  requireOwnOrigin(event)
  const credentials = await smallBodyOf(event, signInRequestSchema)
  const previous = readSessionCookie(event)
  const sessionId = await signIn(useDeps(), credentials, requestOrigin(event), previous)
  return answerSession(event, sessionId)
})
