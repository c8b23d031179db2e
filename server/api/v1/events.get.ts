import { z } from 'zod'
import { areaIdField } from '../../../shared/fields'
import { followChanges, type Change } from '../../services/follow-changes'

const KEEP_ALIVE_MS = 20_000
/** Who was away for longer loads the page again: nothing is resumed. */
const MAX_AWAY_MS = 10 * 60_000
/** Changes of each kind told again to who returns; who missed more sees the latest of them. */
const MAX_MISSED = 2_000
/** Who reads so slowly that this much text waits is cut off, to come back when it can: memory is not theirs to fill. */
const MAX_WAITING_CHARACTERS = 8 * 1024 * 1024
const eventsQuery = z.strictObject({ area_id: areaIdField.optional() })

export default apiRoute(async (event) => {
  const deps = useDeps()
  const { area_id } = queryOf(event, eventsQuery)
  const stream = createEventStream(event)
  /** Characters given to the stream and not yet to the connection. */
  let queued = 0
  const push = ({ type, at, areaId, data }: Change) => {
    if (area_id !== undefined && areaId !== area_id) return
    const text = JSON.stringify(data)
    if (queued + event.node.res.writableLength > MAX_WAITING_CHARACTERS) {
      event.node.res.destroy()
      return
    }
    queued += text.length
    const written = () => void (queued -= text.length)
    void stream.push({ id: at.toISOString(), event: type, data: text }).then(written, written)
  }
  // Listening begins before the look back, so that nothing falls between; what comes meanwhile waits its turn.
  const meanwhile: Change[] = []
  let hear = (change: Change): void => void meanwhile.push(change)
  const stop = listenToChanges(
    (after) => followChanges(deps, after),
    (change) => hear(change),
    () => void stream.close(),
  )
  const keepAlive = setInterval(() => void stream.push({ event: 'alive', data: '' }), KEEP_ALIVE_MS)
  stream.onClosed(() => {
    clearInterval(keepAlive)
    stop()
  })
  void stream.push({ event: 'alive', data: '' })
  void changesSince(deps, getRequestHeader(event, 'last-event-id')).then(
    (missed) => {
      for (const change of [...missed, ...meanwhile]) push(change)
      hear = push
    },
    // The database is away: the listener comes back and resumes from the same event.
    () => stream.close(),
  )
  return stream.send()
})

/**
 * What a returning listener may have missed, some of it a second time: events say how things are now, so that does no
 * harm. Nothing for a new listener, or for an id this server never gave.
 */
async function changesSince(
  deps: ReturnType<typeof useDeps>,
  lastEventId: string | undefined,
): Promise<Change[]> {
  const lastAtMs = Date.parse(lastEventId ?? '')
  const isRecent = lastAtMs > deps.clock.now().getTime() - MAX_AWAY_MS
  return isRecent ? followChanges(deps, new Date(lastAtMs - OVERLAP_MS), MAX_MISSED) : []
}
