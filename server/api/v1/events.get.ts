import { z } from 'zod'
import { areaIdField } from '../../../shared/fields'
import { areaDescendants } from '../../services/area/area-descendants'
import { followChanges, missedChanges } from '../../services/follow-changes'

const eventsQuery = z.strictObject({ area_id: areaIdField.optional() })

export default apiRoute(async (event) => {
  const deps = useDeps()
  const { area_id: areaId } = queryOf(event, eventsQuery)
  if (areaId !== undefined) await areaDescendants(deps, areaId)
  // A stream has no end to wait for: what it would be is told without it.
  if (event.context.isHead) {
    setResponseHeader(event, 'content-type', 'text/event-stream')
    return ''
  }
  return sendChanges(event, {
    areaId,
    follow: (after) => followChanges(deps, after),
    missed: () => missedChanges(deps, getRequestHeader(event, 'last-event-id')),
  })
})
