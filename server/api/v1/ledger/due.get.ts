import { dueQuery } from '../../../../shared/api/ledger'
import { dueBatches } from '../../../services/ledger/due-batches'

export default apiRoute((event) => dueBatches(useDeps(), queryOf(event, dueQuery)))
