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
      yield rows
    }
  } finally {
    await cursor.close()
  }
}
