import { IMAGE_TYPE } from '../../../../../../shared/api/firmware'
import { MAX_IMAGE_BYTES } from '../../../../../../shared/device-message'
import { hashField } from '../../../../../../shared/fields'
import { keepImage } from '../../../../../services/firmware/keep-image'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const target = paramOf(event, 'sha256', hashField)
  const image = await readTyped(event, IMAGE_TYPE, MAX_IMAGE_BYTES)
  await noteRequest(event, { actor, action: 'firmware_image_put', target })
  return keepImage(useDeps(), target, image)
})
