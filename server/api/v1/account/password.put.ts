import { passwordChangeSchema } from '../../../../shared/api/accounts'
import { changePassword } from '../../../services/change-password'
import { currentSession } from '../../../services/current-session'
import { describeWho } from '../../../services/describe-account'

export default apiRoute(async (event) => {
  const current = await requireSetUpSession(event)
  const change = await smallBodyOf(event, passwordChangeSchema)
  const deps = useDeps()
  const sessionId = await changePassword(deps, current, change, requestOrigin(event))
  setSessionCookie(event, sessionId)
  return describeWho(await currentSession(deps, sessionId))
})
