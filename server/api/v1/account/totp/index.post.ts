import { passwordRequestSchema } from '../../../../../shared/api/accounts'
import { beginTotp } from '../../../../services/account/set-up-totp'

export default apiRoute(async (event) => {
  const { account } = await requireFullSession(event)
  const { password } = await smallBodyOf(event, passwordRequestSchema)
  return beginTotp(useDeps(), account, password, requestOrigin(event))
})
