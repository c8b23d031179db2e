import { mapQuery } from '../../../shared/api/map'
import { drawMap } from '../../services/map/draw-map'

export default apiRoute(async (event) => {
  const map = await drawMap(useDeps(), queryOf(event, mapQuery))
  setResponseHeader(event, 'content-type', 'application/geo+json')
  return map
})
