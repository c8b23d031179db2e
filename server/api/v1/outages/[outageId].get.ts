import { outageIdField, outageQuery } from '../../../../shared/api/outages'
import { describeOutage } from '../../../services/outage/describe-outage'

export default apiRoute((event) =>
  describeOutage(useDeps(), paramOf(event, 'outageId', outageIdField), queryOf(event, outageQuery)),
)
