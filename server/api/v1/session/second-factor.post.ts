import { codeRequestSchema } from '../../../../shared/api/accounts'
import { passSecondFactor } from '../../../services/account/pass-second-factor'

export default apiRoute(async (event) => {
  const current = await requirePasswordSession(event)
  const { code } = await smallBodyOf(event, codeRequestSchema)
  const sessionId = await passSecondFactor(useDeps(), current, code, requestOrigin(event))
  return answerSession(event, sessionId)
})
