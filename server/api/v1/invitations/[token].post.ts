import { acceptInvitation } from '../../../services/account/accept-invitation'

export default passwordByLink(acceptInvitation, 201)
