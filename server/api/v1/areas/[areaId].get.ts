import { areaIdField } from '../../../../shared/fields'
import { findArea } from '../../../services/area/list-areas'

export default apiRoute((event) => findArea(useDeps(), paramOf(event, 'areaId', areaIdField)))
