import { personInvitationSchema } from '../../../../../shared/api/accounts'
import { invitePerson } from '../../../../services/account/invite-person'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const invitation = await smallBodyOf(event, personInvitationSchema)
  const { network } = requestOrigin(event)
  const invited = await invitePerson(useDeps(), invitation, actor, network)
  setResponseStatus(event, 201)
  return { ...invited, url: new URL(`/invitation/${invited.token}`, portalOrigin(event)).href }
})
