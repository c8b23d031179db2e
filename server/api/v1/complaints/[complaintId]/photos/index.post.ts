import { MAX_PHOTO_BYTES, PHOTO_TYPES } from '../../../../../../shared/api/complaints'
import { addPhoto } from '../../../../../services/complaint/add-to-complaint'

export default apiRoute(async (event) => {
  const token = complaintSecret(event)
  const type = mediaTypeOf(event)
  if (!PHOTO_TYPES.some((known) => known === type))
    throw unsupportedMediaType(PHOTO_TYPES.join(', '), type)
  const bytes = await readBytes(event, MAX_PHOTO_BYTES)
  const answer = await addPhoto(useDeps(), complaintIdOf(event), token, bytes)
  setResponseStatus(event, 201)
  return answer
})
