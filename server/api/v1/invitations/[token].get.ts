import { oneTimeTokenField } from '../../../../shared/api/accounts'
import { findInvitation } from '../../../services/account/accept-invitation'

export default apiRoute((event) => {
  setResponseHeader(event, 'cache-control', 'no-store')
  return findInvitation(useDeps(), paramOf(event, 'token', oneTimeTokenField))
})
