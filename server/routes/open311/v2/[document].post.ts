import { open311FormSchema } from '../../../../shared/api/open311'
import { fileByOpen311 } from '../../../services/complaint/file-by-open311'

export default open311Route(async (event, name) => {
  if (name !== 'requests') throw noSuchDocument(event)
  const form = await formOf(event, open311FormSchema)
  await countComplaint(event)
  const value = await fileByOpen311(useDeps(), form, isOpen311Key)
  setResponseStatus(event, 201)
  return { root: 'service_requests', item: 'request', value }
})
