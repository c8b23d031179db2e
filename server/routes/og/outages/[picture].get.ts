import { outagePictureField } from '../../../../shared/api/pictures'
import { outagePicture } from '../../../services/picture/outage-picture'

export default apiRoute(async (event) => {
  const outageId = paramOf(event, 'picture', outagePictureField)
  return sendPicture(event, await outagePicture(useDeps(), outageId, pictureStyleOf(event)))
})
