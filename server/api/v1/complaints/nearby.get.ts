import { nearbyQuery } from '../../../../shared/api/complaints'
import { complaintsNearby } from '../../../services/complaint/list-complaints'

export default apiRoute((event) => complaintsNearby(useDeps(), queryOf(event, nearbyQuery)))
