import { z } from 'zod'
import { areaIdField } from '../../../shared/fields'
import { followChanges, type Change } from '../../services/follow-changes'

const KEEP_ALIVE_MS = 20_000
const eventsQuery = z.strictObject({ area_id: areaIdField.optional() })

export default apiRoute(async (event) => {
  const deps = useDeps()
  const { area_id } = queryOf(event, eventsQuery)
  const missed = await changesSince(deps, getRequestHeader(event, 'last-event-id'))

  const stream = createEventStream(event)
  const push = ({ type, at, areaId, data }: Change) => {
    if (area_id !== undefined && areaId !== area_id) return
    void stream.push({ id: at.toISOString(), event: type, data: JSON.stringify(data) })
  }
  const stop = listenToChanges(
    (after) => followChanges(deps, after),
    push,
    () => void stream.close(),
  )
  const keepAlive = setInterval(() => void stream.push({ event: 'alive', data: '' }), KEEP_ALIVE_MS)
  stream.onClosed(() => {
    clearInterval(keepAlive)
    stop()
  })
  void stream.push({ event: 'alive', data: '' })
  for (const change of missed) push(change)
  return stream.send()
})

/** What a returning listener missed; nothing for a new one, or for an id this server never gave. */
async function changesSince(
  deps: ReturnType<typeof useDeps>,
  lastEventId: string | undefined,
): Promise<Change[]> {
  const after = new Date(lastEventId ?? '')
  return Number.isNaN(after.getTime()) ? [] : followChanges(deps, after)
}
