import { outagesQuery } from '../../../../shared/api/outages'
import { listOutages } from '../../../services/outage/list-outages'

export default apiRoute((event) => listOutages(useDeps(), queryOf(event, outagesQuery)))
