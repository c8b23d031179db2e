import { toHex } from '../../../../../shared/bytes'
import { MANIFEST_TYPE } from '../../../../../shared/api/firmware'
import { firmwareTargetField } from '../../../../../shared/device-message'
import { findManifest } from '../../../../services/firmware/find-manifest'

export default apiRoute(async (event) => {
  const target = paramOf(event, 'target', firmwareTargetField)
  const message = await findManifest(useDeps(), target)
  if (isUnchanged(event, toHex(message))) return null
  setResponseHeader(event, 'content-type', MANIFEST_TYPE)
  return message
})
