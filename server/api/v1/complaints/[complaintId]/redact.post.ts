import { eraseOwn } from '../../../../services/complaint/erase-complaint'

export default apiRoute((event) =>
  eraseOwn(useDeps(), complaintIdOf(event), complaintSecret(event)),
)
