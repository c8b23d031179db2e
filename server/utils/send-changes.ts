import type { H3Event } from 'h3'
import type { Change } from '../services/follow-changes'

const KEEP_ALIVE_MS = 20_000
/** Who reads so slowly that this much text waits is cut off, to come back when it can: memory is not theirs to fill. */
const MAX_WAITING_CHARACTERS = 8 * 1024 * 1024

interface Following {
  /** Undefined: changes of all areas. */
  areaId: string | undefined
  /** What changed at or after a moment. */
  follow: (after: Date) => Promise<Change[]>
  /** What is told first. */
  missed: () => Promise<Change[]>
}

/** Answers with changes as server-sent events: those missed, then each as it comes, until the connection ends. */
export function sendChanges(event: H3Event, { areaId, follow, missed }: Following): Promise<void> {
  const stream = createEventStream(event)
  /** Characters given to the stream and not yet to the connection. */
  let queued = 0
  const push = (change: Change) => {
    if (areaId !== undefined && change.areaId !== areaId) return
    const text = JSON.stringify(change.data)
    if (queued + event.node.res.writableLength > MAX_WAITING_CHARACTERS) {
      event.node.res.destroy()
      return
    }
    queued += text.length
    const written = () => void (queued -= text.length)
    void stream
      .push({ id: change.at.toISOString(), event: change.type, data: text })
      .then(written, written)
  }
  // Listening begins before the look back, so that nothing falls between; what comes meanwhile waits its turn.
  const meanwhile: Change[] = []
  let hear = (change: Change): void => void meanwhile.push(change)
  const stop = listenToChanges(
    follow,
    (change) => hear(change),
    () => void stream.close(),
  )
  const pushAlive = () => void stream.push({ event: 'alive', data: '' })
  const keepAlive = setInterval(pushAlive, KEEP_ALIVE_MS)
  stream.onClosed(() => {
    clearInterval(keepAlive)
    stop()
  })
  pushAlive()
  void missed().then(
    (changes) => {
      for (const change of [...changes, ...meanwhile]) push(change)
      hear = push
    },
    // The database is away: the listener comes back and resumes from the same event.
    () => stream.close(),
  )
  return stream.send()
}
