import { passwordChangeSchema } from '../../../../shared/api/accounts'
import { changePassword } from '../../../services/account/change-password'

export default apiRoute(async (event) => {
  const current = await requireSetUpSession(event)
  const change = await smallBodyOf(event, passwordChangeSchema)
  const sessionId = await changePassword(useDeps(), current, change, requestOrigin(event))
  return answerSession(event, sessionId)
})
