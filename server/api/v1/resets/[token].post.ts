import { oneTimeTokenField, passwordRequestSchema } from '../../../../shared/api/accounts'
import { currentSession } from '../../../services/account/current-session'
import { describeWho } from '../../../services/account/describe-account'
import { useReset } from '../../../services/account/use-reset'

export default apiRoute(async (event) => {
  setResponseHeader(event, 'cache-control', 'no-store')
  requireOwnOrigin(event)
  const token = paramOf(event, 'token', oneTimeTokenField)
  const { password } = await smallBodyOf(event, passwordRequestSchema)
  const deps = useDeps()
  const previous = readSessionCookie(event)
  const sessionId = await useReset(deps, token, password, requestOrigin(event), previous)
  setSessionCookie(event, sessionId)
  return describeWho(await currentSession(deps, sessionId))
})
