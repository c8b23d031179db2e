import { reliabilityEvidenceQuery } from '../../../../../../shared/api/reliability'
import { areaIdField } from '../../../../../../shared/fields'
import { listFigureEvidence } from '../../../../../services/figure/figure-evidence'

export default apiRoute((event) =>
  listFigureEvidence(
    useDeps(),
    paramOf(event, 'areaId', areaIdField),
    queryOf(event, reliabilityEvidenceQuery),
  ),
)
