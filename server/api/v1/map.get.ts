import { mapQuery } from '../../../shared/api/map'
import { drawMap } from '../../services/map/draw-map'

export default apiRoute((event) => drawMap(useDeps(), queryOf(event, mapQuery)))
