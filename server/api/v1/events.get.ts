import { z } from 'zod'
import { areaIdField } from '../../../shared/fields'
import { followChanges, missedChanges } from '../../services/follow-changes'

const eventsQuery = z.strictObject({ area_id: areaIdField.optional() })

export default apiRoute((event) => {
  const deps = useDeps()
  const { area_id: areaId } = queryOf(event, eventsQuery)
  return sendChanges(event, {
    areaId,
    follow: (after) => followChanges(deps, after),
    missed: () => missedChanges(deps, getRequestHeader(event, 'last-event-id')),
  })
})
