import { openPhoto } from '../../../../../services/complaint/open-photo'

export default apiRoute(async (event) => {
  const reader = { token: complaintSecret(event) }
  const photo = await openPhoto(useDeps(), complaintIdOf(event), commitmentOf(event), reader)
  setResponseHeader(event, 'content-type', 'image/jpeg')
  return photo
})
