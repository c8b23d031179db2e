import type { H3Event } from 'h3'
import { CodedError } from '../../shared/coded-error'

const READS = ['GET', 'HEAD', 'OPTIONS']

/**
 * Lets a write pass only from a page of this portal: a cookie comes along whoever makes the browser send the request.
 * Throws `wrong_origin`, also where a browser's request says no origin, which none leaves out of a write.
 */
export function requireOwnOrigin(event: H3Event): void {
  if (READS.includes(event.method)) return
  const origin = getRequestHeader(event, 'origin')
  if (origin === portalOrigin(event).origin) return
  throw new CodedError(
    'wrong_origin',
    `origin: expected ${portalOrigin(event).origin}, got ${origin?.slice(0, 100) ?? 'none'}`,
  )
}
