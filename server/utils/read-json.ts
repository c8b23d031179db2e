import type { H3Event } from 'h3'
import { CodedError } from '../../shared/coded-error'
import { parseJson } from '../../shared/json'

/**
 * The JSON body of a request, parsed strictly. Reads at most `maxBytes` and no further. Throws `unsupported_media_type`,
 * `too_large` or `malformed`.
 */
export async function readJson(event: H3Event, maxBytes: number): Promise<unknown> {
  const type = getRequestHeader(event, 'content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new CodedError(
      'unsupported_media_type',
      `content-type: expected application/json, got ${type ?? 'none'}`,
    )
  }
  return parseJson(await readBytes(event, maxBytes))
}

async function readBytes(event: H3Event, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = Number(getRequestHeader(event, 'content-length') ?? 0)
  if (length > maxBytes) throw tooLarge(event, maxBytes)
  length = 0
  // Leaving the loop early must not destroy the connection before the answer is on it.
  for await (const chunk of event.node.req.iterator({ destroyOnReturn: false })) {
    length += chunk.length
    if (length > maxBytes) throw tooLarge(event, maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The rest of the body is taken and dropped until the answer is out; then the connection ends. */
function tooLarge(event: H3Event, maxBytes: number): CodedError<'too_large'> {
  setResponseHeader(event, 'connection', 'close')
  event.node.req.resume()
  return new CodedError('too_large', `body: expected at most ${maxBytes} bytes, got more`)
}
