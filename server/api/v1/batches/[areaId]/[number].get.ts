import { findBatch } from '../../../../services/list-batches'

export default apiRoute((event) => {
  const { areaId, number } = batchParams(event)
  return findBatch(useDeps(), areaId, number)
})
