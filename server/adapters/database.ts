import mongoose, { type Connection } from 'mongoose'

/** How long an operation looks for a reachable server before it fails. */
const SERVER_SELECTION_TIMEOUT_MS = 3_000
const SOCKET_TIMEOUT_MS = 30_000

/**
 * Opens the MongoDB connection. Every acknowledged write is journalled, and on a replica set held by a majority: what
 * was acknowledged survives the death of any one process. Nothing is buffered while the server is away: operations
 * fail within seconds, and work again once it is back.
 */
export function connectDatabase(uri: string): Promise<Connection> {
  return mongoose
    .createConnection(uri, {
      serverSelectionTimeoutMS: SERVER_SELECTION_TIMEOUT_MS,
      socketTimeoutMS: SOCKET_TIMEOUT_MS,
      bufferCommands: false,
      autoIndex: false,
      autoCreate: false,
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'local' },
    })
    .asPromise()
}
