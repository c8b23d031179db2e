import { oneTimeTokenField } from '../../../../shared/api/accounts'
import { findReset } from '../../../services/account/use-reset'

export default apiRoute((event) => {
  setResponseHeader(event, 'cache-control', 'no-store')
  return findReset(useDeps(), paramOf(event, 'token', oneTimeTokenField))
})
