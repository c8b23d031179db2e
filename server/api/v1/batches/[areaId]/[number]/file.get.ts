import { batchFileName } from '../../../../../../shared/batch'
import { openBatchFile } from '../../../../../services/ledger/list-batches'

export default apiRoute(async (event) => {
  const { areaId, number } = batchParams(event)
  const file = await openBatchFile(useDeps(), areaId, number)
  setResponseHeader(
    event,
    'content-disposition',
    `attachment; filename="${batchFileName(areaId, number)}"`,
  )
  return sendBytes(event, file, { type: 'application/x-ndjson', isImmutable: true })
})
