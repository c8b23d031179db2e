import type { H3Event } from 'h3'
import { CodedError } from '../../shared/coded-error'

/** Media type of a request's body in lower case, without its parameters. */
export const mediaTypeOf = (event: H3Event): string | undefined =>
  getRequestHeader(event, 'content-type')?.split(';')[0]?.trim().toLowerCase()

/** The refusal of a body of this type. */
export const unsupportedMediaType = (expected: string, got: string | undefined) =>
  new CodedError(
    'unsupported_media_type',
    `content-type: expected ${expected}, got ${got ?? 'none'}`,
  )

/** Throws `unsupported_media_type` for a body that is compressed, and says that none is read (RFC 9110 §12.5.3). */
function expectPlain(event: H3Event): void {
  const coding = getRequestHeader(event, 'content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity') return
  setResponseHeader(event, 'accept-encoding', 'identity')
  throw new CodedError(
    'unsupported_media_type',
    `content-encoding: expected none, got ${coding.slice(0, 60)}`,
  )
}

/** The body of a request. Reads at most `maxBytes` and no further. Throws `too_large` or `unsupported_media_type`. */
export async function readBytes(event: H3Event, maxBytes: number): Promise<Uint8Array> {
  expectPlain(event)
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

/** The body of a request of this type. Throws `unsupported_media_type` or `too_large`. */
export async function readTyped(
  event: H3Event,
  expected: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const type = mediaTypeOf(event)
  if (type !== expected) throw unsupportedMediaType(expected, type)
  return readBytes(event, maxBytes)
}

/** The rest of the body is taken and dropped until the answer is out; then the connection ends. */
function tooLarge(event: H3Event, maxBytes: number): CodedError<'too_large'> {
  setResponseHeader(event, 'connection', 'close')
  event.node.req.resume()
  return new CodedError('too_large', `body: expected at most ${maxBytes} bytes, got more`)
}
