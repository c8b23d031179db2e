import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { H3Event } from 'h3'
import { errorFields } from './log.ts'

const IMMUTABLE = 'public, max-age=31536000, immutable'

/**
 * Streams bytes. The first chunk is awaited before the answer begins, so that a source that is away is a problem
 * document; one that fails later breaks the connection off, so that nobody takes half a file for whole. The source is
 * closed whatever happens, also when the reader leaves.
 */
export async function sendBytes(
  event: H3Event,
  source: AsyncIterable<Uint8Array>,
  { type, isImmutable }: { type: string; isImmutable: boolean },
): Promise<void> {
  const { res } = event.node
  const iterator = source[Symbol.asyncIterator]()
  try {
    const first = await iterator.next()
    res.setHeader('content-type', type)
    if (isImmutable) res.setHeader('cache-control', IMMUTABLE)
    if (event.context.isHead) res.end()
    else await pipeline(Readable.from(chunks(first, iterator), { objectMode: false }), res)
  } catch (error) {
    // Before the answer begins it is the door's to tell; afterwards the connection is broken off already.
    if (!res.headersSent) throw error
    if (!hasLeft(error)) event.context.failure = errorFields(error)
  } finally {
    await iterator.return?.()
  }
}

/** The reader closed the connection before the end. */
const hasLeft = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'

async function* chunks(first: IteratorResult<Uint8Array>, rest: AsyncIterator<Uint8Array>) {
  for (let next = first; !next.done; next = await rest.next()) yield next.value
}
