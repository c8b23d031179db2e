import { areaPictureField } from '../../../../shared/api/pictures'
import { areaPicture } from '../../../services/picture/area-picture'

export default apiRoute(async (event) => {
  const areaId = paramOf(event, 'picture', areaPictureField)
  return sendPicture(event, await areaPicture(useDeps(), areaId, pictureStyleOf(event)))
})
