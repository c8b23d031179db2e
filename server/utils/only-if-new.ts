import type { H3Event } from 'h3'
import { CodedError } from '../../shared/coded-error'

/** Whether a write is only to create what is not there (`If-None-Match: *`, RFC 9110 §13.1.2). Throws `malformed` for tags. */
export function onlyIfNew(event: H3Event): boolean {
  const given = getRequestHeader(event, 'if-none-match')
  if (given === undefined || given.trim() === '*') return given !== undefined
  throw new CodedError('malformed', `if-none-match: expected * or none, got ${given}`)
}
