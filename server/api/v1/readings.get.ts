import { readingsQuery } from '../../../shared/api/readings'
import { listReadings } from '../../services/reading/list-readings'

export default apiRoute((event) => listReadings(useDeps(), queryOf(event, readingsQuery)))
