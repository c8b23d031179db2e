import { resetRequestSchema } from '../../../../shared/api/accounts'
import { issueReset } from '../../../services/account/issue-reset'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const { email } = await smallBodyOf(event, resetRequestSchema)
  const issued = await issueReset(useDeps(), email, actor, requestOrigin(event).network)
  setResponseStatus(event, 201)
  return { ...issued, url: new URL(`/reset/${issued.token}`, portalOrigin(event)).href }
})
