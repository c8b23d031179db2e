import { reliabilityQuery } from '../../../../../../shared/api/reliability'
import { areaIdField } from '../../../../../../shared/fields'
import { areaFigures } from '../../../../../services/figure/area-figures'

export default apiRoute((event) =>
  areaFigures(useDeps(), paramOf(event, 'areaId', areaIdField), queryOf(event, reliabilityQuery)),
)
