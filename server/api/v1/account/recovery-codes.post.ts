import { passwordRequestSchema } from '../../../../shared/api/accounts'
import { renewRecoveryCodes } from '../../../services/account/set-up-totp'

export default apiRoute(async (event) => {
  const { account } = await requireSetUpSession(event)
  const { password } = await smallBodyOf(event, passwordRequestSchema)
  const codes = await renewRecoveryCodes(useDeps(), account, password, requestOrigin(event))
  return { recovery_codes: codes }
})
