import { searchQuery } from '../../../shared/api/search'
import { searchPlaces } from '../../services/map/search-places'

export default apiRoute((event) => searchPlaces(useDeps(), queryOf(event, searchQuery).q))
