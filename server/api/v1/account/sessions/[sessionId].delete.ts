import { hashField } from '../../../../../shared/fields'
import { revokeSession } from '../../../../services/account/end-sessions'

export default apiRoute(async (event) => {
  const current = await requireSetUpSession(event)
  const name = paramOf(event, 'sessionId', hashField)
  await revokeSession(useDeps(), current, name, requestOrigin(event).network)
  setResponseStatus(event, 204)
  return null
})
