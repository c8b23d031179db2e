import { readingsQuery } from '../../../shared/api/readings'
import { listReadings } from '../../services/list-readings'

export default apiRoute((event) => listReadings(useDeps(), queryOf(event, readingsQuery)))
