import { outageIdField, outageQuery } from '../../../../../shared/api/outages'
import { listOutageEvidence } from '../../../../services/outage/outage-evidence'

export default apiRoute((event) =>
  listOutageEvidence(
    useDeps(),
    paramOf(event, 'outageId', outageIdField),
    queryOf(event, outageQuery),
  ),
)
