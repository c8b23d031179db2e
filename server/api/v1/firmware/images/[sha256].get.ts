import { IMAGE_TYPE } from '../../../../../shared/api/firmware'
import { hashField } from '../../../../../shared/fields'
import { openImage } from '../../../../services/firmware/open-image'

export default apiRoute(async (event) => {
  const sha256 = paramOf(event, 'sha256', hashField)
  const etag = `"${sha256}"`
  const { size, read } = await openImage(useDeps(), sha256)
  setResponseHeaders(event, { etag, 'accept-ranges': 'bytes' })
  if (isKnown(event, etag)) return null
  const range = byteRangeOf(event, size, etag)
  const { start, end } = range ?? { start: 0, end: size }
  if (range) {
    setResponseStatus(event, 206)
    setResponseHeader(event, 'content-range', `bytes ${start}-${end - 1}/${size}`)
  }
  setResponseHeader(event, 'content-length', end - start)
  return sendBytes(event, read(start, end), { type: IMAGE_TYPE, isImmutable: true })
})
