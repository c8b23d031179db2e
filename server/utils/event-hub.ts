import { OVERLAP_MS, type Change } from '../services/follow-changes'

/** Watches for changes on behalf of every open event stream of this process, and only while there is one. */

/** Hears at once what came together. */
type Listener = (changes: readonly Change[]) => void

const POLL_MS = 1_000

const listeners = new Set<Listener>()
const closers = new Set<() => void>()
let polling: NodeJS.Timeout | null = null

const keyOf = ({ type, at, data }: Change): string => `${type} ${at.getTime()} ${idOf(data)}`

function idOf(data: Change['data']): string {
  if ('device_id' in data) return data.device_id
  if ('outage_id' in data) return data.outage_id
  return 'complaint_id' in data ? data.complaint_id : `${data.area_id}/${data.number}`
}

function startPolling(follow: (after: Date) => Promise<Change[]>): NodeJS.Timeout {
  let cursor = new Date()
  let sent = new Map<string, number>()
  let busy = false
  return setInterval(async () => {
    if (busy) return
    busy = true
    const askedAt = new Date()
    try {
      const changes = await follow(new Date(cursor.getTime() - OVERLAP_MS))
      const fresh = changes.filter((found) => !sent.has(keyOf(found)))
      for (const change of fresh) {
        sent.set(keyOf(change), change.at.getTime())
        if (change.at > cursor) cursor = change.at
      }
      if (fresh.length > 0) for (const listener of listeners) listener(fresh)
      // What an instance far ahead dated must not hide what the others tell meanwhile.
      if (cursor > askedAt) cursor = askedAt
      const oldest = cursor.getTime() - 2 * OVERLAP_MS
      sent = new Map([...sent].filter(([, at]) => at > oldest))
    } catch {
      // The database is away: the next look catches up from the same cursor.
    } finally {
      busy = false
    }
  }, POLL_MS)
}

/** Calls `listener` with the changes from now on, until the returned function is called. `onClose` ends the stream at shutdown. */
export function listenToChanges(
  follow: (after: Date) => Promise<Change[]>,
  listener: Listener,
  onClose: () => void,
): () => void {
  listeners.add(listener)
  closers.add(onClose)
  polling ??= startPolling(follow)
  return () => {
    listeners.delete(listener)
    closers.delete(onClose)
    if (listeners.size > 0 || !polling) return
    clearInterval(polling)
    polling = null
  }
}

/** How many streams are open. */
export const countEventStreams = (): number => closers.size

/** Ends every open stream, so that the process can stop. */
export function closeEventStreams(): void {
  for (const close of closers) close()
}
