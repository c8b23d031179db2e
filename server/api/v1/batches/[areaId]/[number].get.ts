import { findBatch } from '../../../../services/ledger/list-batches'

export default apiRoute((event) => {
  const { areaId, number } = batchParams(event)
  return findBatch(useDeps(), areaId, number)
})
