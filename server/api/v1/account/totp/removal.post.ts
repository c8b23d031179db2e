import { passwordRequestSchema } from '../../../../../shared/api/accounts'
import { removeTotp } from '../../../../services/account/set-up-totp'

export default apiRoute(async (event) => {
  const { account } = await requireSetUpSession(event)
  const { password } = await smallBodyOf(event, passwordRequestSchema)
  await removeTotp(useDeps(), account, password, requestOrigin(event))
  setResponseStatus(event, 204)
  return null
})
