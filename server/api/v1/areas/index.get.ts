import { areasQuery } from '../../../../shared/api/map'
import { listAreas } from '../../../services/area/list-areas'

export default apiRoute((event) => listAreas(useDeps(), queryOf(event, areasQuery)))
