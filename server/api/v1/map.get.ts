import { mapQuery } from '../../../shared/api/map'
import { drawMap } from '../../services/draw-map'

export default apiRoute((event) => drawMap(useDeps(), queryOf(event, mapQuery)))
