import mongoose, { type Connection, type ConnectOptions } from 'mongoose'
import { messageOf } from '../../shared/coded-error.ts'

/** How long an operation looks for a reachable server before it fails. */
const SERVER_SELECTION_TIMEOUT_MS = 3_000
const SOCKET_TIMEOUT_MS = 30_000
const RETRY_MS = 1_000

const OPTIONS: ConnectOptions = {
  serverSelectionTimeoutMS: SERVER_SELECTION_TIMEOUT_MS,
  socketTimeoutMS: SOCKET_TIMEOUT_MS,
  bufferCommands: false,
  autoIndex: false,
  autoCreate: false,
  writeConcern: { w: 'majority', journal: true },
}

/** Hears how long the server took to say that it is there; null: it did not say so. */
export type NoteHeartbeat = (durationMs: number | null) => void

export interface Database {
  readonly connection: Connection
  /**
   * Calls `prepare` once the server was reached, trying until it is; `onFailure` hears of every try that failed, of
   * `prepare` too.
   */
  whenOpen(prepare: () => Promise<void>, onFailure: (error: unknown) => void): void
  close(): Promise<void>
}

/**
 * A MongoDB connection. Every acknowledged write is journalled, and on a replica set held by a majority: what was
 * acknowledged survives the death of any one process. Nothing is buffered while the server is away: operations fail
 * within seconds, and work again once it is back. Throws at once for a URI that no server could ever answer to.
 */
export function openDatabase(uri: string, noteHeartbeat: NoteHeartbeat = () => {}): Database {
  expectUri(uri)
  const connection = mongoose.createConnection()
  connection.set('bufferCommands', false)
  let isClosed = false
  let isWatched = false
  let retry: NodeJS.Timeout | undefined

  const open = async (
    prepare: () => Promise<void>,
    onFailure: (error: unknown) => void,
  ): Promise<void> => {
    try {
      await connection.openUri(uri, OPTIONS)
      isWatched ||= watchHeartbeats(connection, noteHeartbeat)
      await prepare()
    } catch (error) {
      if (isClosed) return
      onFailure(error)
      retry = setTimeout(() => void open(prepare, onFailure), RETRY_MS)
    }
  }

  return {
    connection,
    whenOpen: (prepare, onFailure) => void open(prepare, onFailure),
    async close() {
      isClosed = true
      clearTimeout(retry)
      await connection.close()
    },
  }
}

/** Answers the server kept back until something changed say nothing about its speed. */
function watchHeartbeats(connection: Connection, note: NoteHeartbeat): true {
  const client = connection.getClient()
  client.on('serverHeartbeatSucceeded', ({ duration, awaited }) => {
    if (!awaited) note(duration)
  })
  client.on('serverHeartbeatFailed', () => note(null))
  return true
}

/** The driver's own reading of the URI; its words hold no password. */
function expectUri(uri: string): void {
  try {
    void new mongoose.mongo.MongoClient(uri).close()
  } catch (cause) {
    throw new Error(
      `NUXT_MONGODB_URI: expected a URI the MongoDB driver understands; it says: ${messageOf(cause)}`,
      { cause },
    )
  }
}
