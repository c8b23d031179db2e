import { hashField } from '../../../../shared/fields'
import { findRecord } from '../../../services/ledger/find-record'

export default apiRoute((event) => findRecord(useDeps(), paramOf(event, 'leafHash', hashField)))
