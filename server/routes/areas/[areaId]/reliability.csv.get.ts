import { reliabilityQuery } from '../../../../shared/api/reliability'
import { areaIdField } from '../../../../shared/fields'
import { areaFigures } from '../../../services/figure/area-figures'
import { figuresTable } from '../../../services/feeds/tables'

export default apiRoute(async (event) => {
  const areaId = paramOf(event, 'areaId', areaIdField)
  const figures = await areaFigures(useDeps(), areaId, queryOf(event, reliabilityQuery))
  return sendFeed(event, figuresTable(figures), 'text/csv', `reliability-${areaId}.csv`)
})
