import { complaintStatisticsQuery } from '../../../../../../shared/api/complaints'
import { areaIdField } from '../../../../../../shared/fields'
import { complaintStatistics } from '../../../../../services/complaint/complaint-statistics'

export default apiRoute((event) =>
  complaintStatistics(
    useDeps(),
    paramOf(event, 'areaId', areaIdField),
    queryOf(event, complaintStatisticsQuery),
  ),
)
