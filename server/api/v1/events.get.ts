import { eventsQuery } from '../../../shared/api/events'
import { areaDescendants } from '../../services/area/area-descendants'
import { followChanges, missedChanges } from '../../services/follow-changes'

export default apiRoute(async (event) => {
  const deps = useDeps()
  const { area_id: areaId, types } = queryOf(event, eventsQuery)
  if (areaId !== undefined) await areaDescendants(deps, areaId)
  // A stream has no end to wait for: what it would be is told without it.
  if (event.context.isHead) {
    setResponseHeader(event, 'content-type', 'text/event-stream')
    return ''
  }
  return sendChanges(event, {
    wanted: { areaId, types },
    follow: (after) => followChanges(deps, after),
    missed: () => missedChanges(deps, getRequestHeader(event, 'last-event-id'), types),
  })
})
