const CRLF = '\r\n'
/** Longest headers of a part: kubo-rpc-client writes under 300 bytes. */
const HEADER_LIMIT_BYTES = 8_192

/** A body that is not one part of multipart/form-data; the message says what was expected. */
export class MultipartError extends Error {
  constructor(expected: string, got: string) {
    super(`multipart body: expected ${expected}, got ${got}`)
    this.name = 'MultipartError'
  }
}

/** The boundary in a Content-Type header. Source: RFC 2046 §5.1.1. */
export function boundaryOf(contentType: string | undefined): string {
  const match = /^multipart\/form-data;\s*boundary=("?)([0-9A-Za-z'()+_,./:=? -]{1,70})\1$/i.exec(
    contentType ?? '',
  )
  const boundary = match?.[2]
  if (boundary === undefined) {
    throw new MultipartError('Content-Type multipart/form-data with a boundary', `${contentType}`)
  }
  return boundary
}

/**
 * The content of a body that has exactly one part, piece by piece, holding back no more than a
 * boundary's length. Throws MultipartError when the body is anything else, or ends too early: what
 * was given out until then must not be trusted. Source: RFC 2046 §5.1.1, RFC 7578.
 */
export async function* onlyPart(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Uint8Array> {
  const opening = `--${boundary}${CRLF}`
  const closing = `${CRLF}--${boundary}`
  const pieces = source[Symbol.asyncIterator]()
  let held = Buffer.alloc(0)
  const more = async (missing: string): Promise<void> => {
    const { done, value } = await pieces.next()
    if (done === true) throw new MultipartError(missing, 'the end of the body')
    held = Buffer.concat([held, value])
  }

  while (held.length < opening.length) await more('a first boundary')
  if (!held.subarray(0, opening.length).equals(Buffer.from(opening, 'latin1'))) {
    throw new MultipartError('the boundary of the Content-Type first', 'other bytes')
  }
  let headersEnd = held.indexOf(CRLF + CRLF)
  while (headersEnd === -1) {
    if (held.length > HEADER_LIMIT_BYTES) {
      throw new MultipartError(`headers of at most ${HEADER_LIMIT_BYTES} bytes`, 'longer ones')
    }
    await more('an empty line after the headers')
    headersEnd = held.indexOf(CRLF + CRLF)
  }
  held = held.subarray(headersEnd + 2 * CRLF.length)

  let end = held.indexOf(closing, 0, 'latin1')
  while (end === -1) {
    const given = held.length - (closing.length - 1)
    if (given > 0) {
      yield held.subarray(0, given)
      held = held.subarray(given)
    }
    await more('a last boundary')
    end = held.indexOf(closing, 0, 'latin1')
  }
  if (end > 0) yield held.subarray(0, end)
  held = held.subarray(end + closing.length)

  for (;;) {
    const { done, value } = await pieces.next()
    if (done === true) break
    held = Buffer.concat([held, value])
    if (held.length > HEADER_LIMIT_BYTES) break
  }
  const rest = held.toString('latin1')
  if (rest !== '--' && rest !== `--${CRLF}`) {
    throw new MultipartError('one part and nothing after it', JSON.stringify(rest.slice(0, 40)))
  }
}
