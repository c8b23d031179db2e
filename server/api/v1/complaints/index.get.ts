import { complaintsQuery } from '../../../../shared/api/complaints'
import { listComplaints } from '../../../services/complaint/list-complaints'

export default apiRoute((event) => listComplaints(useDeps(), queryOf(event, complaintsQuery)))
