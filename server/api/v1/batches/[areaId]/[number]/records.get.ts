import { z } from 'zod'
import { pageQuery } from '../../../../../../shared/api/page'
import { listBatchRecords } from '../../../../../services/ledger/list-batches'

export default apiRoute((event) =>
  listBatchRecords(useDeps(), {
    ...batchParams(event),
    ...queryOf(event, z.strictObject(pageQuery)),
  }),
)
