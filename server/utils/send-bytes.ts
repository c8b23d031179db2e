import { Readable } from 'node:stream'
import type { H3Event } from 'h3'

const IMMUTABLE = 'public, max-age=31536000, immutable'

/**
 * Streams bytes. The first chunk is awaited before the answer begins, so that a source that is away is a problem
 * document; one that fails later breaks the connection off, so that nobody takes half a file for whole.
 */
export async function sendBytes(
  event: H3Event,
  source: AsyncIterable<Uint8Array>,
  { type, isImmutable }: { type: string; isImmutable: boolean },
): Promise<unknown> {
  const iterator = source[Symbol.asyncIterator]()
  const first = await iterator.next()
  setResponseHeader(event, 'content-type', type)
  if (isImmutable) setResponseHeader(event, 'cache-control', IMMUTABLE)
  if (event.context.isHead) {
    await iterator.return?.()
    return event.node.res.end()
  }
  return sendStream(event, Readable.from(chunks(first, iterator), { objectMode: false }))
}

async function* chunks(first: IteratorResult<Uint8Array>, rest: AsyncIterator<Uint8Array>) {
  for (let next = first; !next.done; next = await rest.next()) yield next.value
}
