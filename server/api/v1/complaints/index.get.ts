import { complaintsQuery } from '../../../../shared/api/complaints'
import { listComplaints } from '../../../services/list-complaints'

export default apiRoute((event) => listComplaints(useDeps(), queryOf(event, complaintsQuery)))
