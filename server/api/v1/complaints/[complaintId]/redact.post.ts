import { eraseOwn } from '../../../../services/erase-complaint'

export default apiRoute((event) =>
  eraseOwn(useDeps(), complaintIdOf(event), complaintSecret(event)),
)
