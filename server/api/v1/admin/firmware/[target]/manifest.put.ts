import { MANIFEST_TYPE } from '../../../../../../shared/api/firmware'
import {
  firmwareTargetField,
  MAX_MANIFEST_BYTES,
  readManifest,
} from '../../../../../../shared/device-message'
import { publishManifest } from '../../../../../services/firmware/publish-manifest'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const target = paramOf(event, 'target', firmwareTargetField)
  const message = await readTyped(event, MANIFEST_TYPE, MAX_MANIFEST_BYTES)
  const { version, sha256 } = readManifest(message)
  const detail = { version: String(version), sha256 }
  await noteRequest(event, { actor, action: 'firmware_published', target, detail })
  return publishManifest(useDeps(), target, message)
})
