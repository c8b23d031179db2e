import { createHash, timingSafeEqual } from 'node:crypto'
import type { H3Event } from 'h3'
import { CodedError } from '../../shared/coded-error'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Lets a request pass only with this bearer token. Throws `unauthorised`; compares in constant time. */
export function requireToken(event: H3Event, token: string): void {
  const [scheme, given] = (getRequestHeader(event, 'authorization') ?? '').split(' ')
  if (scheme === 'Bearer' && given && timingSafeEqual(digest(given), digest(token))) return
  setResponseHeader(event, 'www-authenticate', 'Bearer')
  throw new CodedError('unauthorised', 'authorization: expected a valid bearer token')
}
