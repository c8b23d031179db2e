import type { H3Event } from 'h3'
import { CodedError } from '../../shared/coded-error'

/** Bytes from `start` up to and without `end`. */
export interface ByteRange {
  start: number
  end: number
}

const RANGE = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/

/**
 * The one range of a file of `size` bytes that a request asks for, null for the whole (RFC 9110 §14.2). Several ranges, other
 * units and nonsense count as no wish, as does a range of another version (`If-Range`). Throws `range_not_satisfiable`.
 */
export function byteRangeOf(event: H3Event, size: number, etag: string): ByteRange | null {
  const ifRange = getRequestHeader(event, 'if-range')
  if (ifRange !== undefined && ifRange !== etag) return null
  const [wish, first, last = '', suffix] = RANGE.exec(getRequestHeader(event, 'range') ?? '') ?? []
  if (wish === undefined) return null
  const start = first === undefined ? Math.max(0, size - Number(suffix)) : Number(first)
  const end = last === '' ? size : Math.min(size, Number(last) + 1)
  if (last !== '' && Number(last) < start) return null
  if (start >= size || suffix === '0') {
    setResponseHeader(event, 'content-range', `bytes */${size}`)
    throw new CodedError(
      'range_not_satisfiable',
      `range: expected a beginning within ${size} bytes, got ${wish}`,
    )
  }
  return { start, end }
}
