import { codeRequestSchema } from '../../../../shared/api/accounts'
import { currentSession } from '../../../services/account/current-session'
import { describeWho } from '../../../services/account/describe-account'
import { passSecondFactor } from '../../../services/account/pass-second-factor'

export default apiRoute(async (event) => {
  const current = await requirePasswordSession(event)
  const { code } = await smallBodyOf(event, codeRequestSchema)
  const deps = useDeps()
  const sessionId = await passSecondFactor(deps, current, code, requestOrigin(event))
  setSessionCookie(event, sessionId)
  return describeWho(await currentSession(deps, sessionId))
})
