import { areaOutagesQuery } from '../../../../../shared/api/outages'
import { areaIdField } from '../../../../../shared/fields'
import { listOutagesOfArea } from '../../../../services/outage/list-outages'

export default apiRoute((event) =>
  listOutagesOfArea(
    useDeps(),
    paramOf(event, 'areaId', areaIdField),
    queryOf(event, areaOutagesQuery),
  ),
)
