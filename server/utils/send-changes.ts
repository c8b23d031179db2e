import type { H3Event } from 'h3'
import { subscriberOf } from '../services/account/network'
import type { Change } from '../services/follow-changes'
import { TooManyError } from '../services/limits/allowance'
import { placesOf } from '../services/limits/places'
import { toldOf, type Wanted } from '../services/tell-changes'

const KEEP_ALIVE_MS = 20_000
/** Who reads so slowly that this much text waits is cut off, to come back when it can: memory is not theirs to fill. */
const MAX_WAITING_CHARACTERS = 8 * 1024 * 1024

/** Streams one address may have open at an instance: many people may share it, and none may fill the memory with them. */
const STREAMS_PER_ADDRESS = 500
const AGAIN_MS = 30_000

const placeOf = placesOf(STREAMS_PER_ADDRESS)

interface Following {
  wanted: Wanted
  /** What changed at or after a moment. */
  follow: (after: Date) => Promise<Change[]>
  /** What is told first. */
  missed: () => Promise<Change[]>
}

/**
 * Answers with changes as server-sent events: those missed, then each as it comes, until the connection ends; of many at once
 * that there were many. Throws `rate_limited` where the address has too many such streams.
 */
export function sendChanges(event: H3Event, { wanted, follow, missed }: Following): Promise<void> {
  const leave = placeOf(subscriberOf(clientAddress(event)))
  if (!leave) throw new TooManyError('address: it has too many event streams open', AGAIN_MS)
  const stream = createEventStream(event)
  /** Characters given to the stream and not yet to the connection. */
  let queued = 0
  const push = (changes: readonly Change[]) => {
    const told = toldOf(changes, wanted)
    if (told.length === 0) return
    if (queued + event.node.res.writableLength > MAX_WAITING_CHARACTERS) {
      event.node.res.destroy()
      return
    }
    const characters = told.reduce((sum, { data }) => sum + data.length, 0)
    queued += characters
    const written = () => void (queued -= characters)
    void stream.push(told).then(written, written)
  }
  // Listening begins before the look back, so that nothing falls between; what comes meanwhile waits its turn.
  const meanwhile: Change[] = []
  let hear = (changes: readonly Change[]): void => {
    for (const change of changes) meanwhile.push(change)
  }
  const stop = listenToChanges(
    follow,
    (changes) => hear(changes),
    () => void stream.close(),
  )
  const pushAlive = () => void stream.push({ event: 'alive', data: '' })
  const keepAlive = setInterval(pushAlive, KEEP_ALIVE_MS)
  stream.onClosed(() => {
    clearInterval(keepAlive)
    stop()
    leave()
  })
  pushAlive()
  void missed().then(
    (changes) => {
      push([...changes, ...meanwhile])
      hear = push
    },
    // The database is away: the listener comes back and resumes from the same event.
    () => stream.close(),
  )
  return stream.send()
}
