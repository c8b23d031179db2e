import { passwordChangeSchema } from '../../../../shared/api/accounts'
import { changePassword } from '../../../services/account/change-password'
import { currentSession } from '../../../services/account/current-session'
import { describeWho } from '../../../services/account/describe-account'

export default apiRoute(async (event) => {
  const current = await requireSetUpSession(event)
  const change = await smallBodyOf(event, passwordChangeSchema)
  const deps = useDeps()
  const sessionId = await changePassword(deps, current, change, requestOrigin(event))
  setSessionCookie(event, sessionId)
  return describeWho(await currentSession(deps, sessionId))
})
