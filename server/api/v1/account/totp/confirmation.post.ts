import { codeRequestSchema } from '../../../../../shared/api/accounts'
import { confirmTotp } from '../../../../services/account/set-up-totp'

export default apiRoute(async (event) => {
  const current = await requireFullSession(event)
  const { code } = await smallBodyOf(event, codeRequestSchema)
  const { recoveryCodes, sessionId } = await confirmTotp(
    useDeps(),
    current,
    code,
    requestOrigin(event),
  )
  setSessionCookie(event, sessionId)
  return { recovery_codes: recoveryCodes }
})
