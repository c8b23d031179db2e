import { batchesQuery } from '../../../../shared/api/ledger'
import { listBatches } from '../../../services/ledger/list-batches'

export default apiRoute((event) => listBatches(useDeps(), queryOf(event, batchesQuery)))
