import { setImmediate } from 'node:timers/promises'
import type { mongo } from 'mongoose'

/** Rows of a cursor as they come, many at a time: while the reader is busy with some, the next are asked for. Closes it. */
export async function* readAhead<Row>(cursor: mongo.FindCursor<Row>): AsyncGenerator<Row[]> {
  try {
    let coming = cursor.hasNext()
    while (await coming) {
      const rows = cursor.readBufferedDocuments()
      coming = cursor.hasNext()
      // Thrown where it is awaited, if the reader stays for it.
      coming.catch(() => undefined)
      // The driver writes the question in a later turn; a reader that never waits would keep it from that.
      await setImmediate()
      yield rows
    }
  } finally {
    await cursor.close()
  }
}
