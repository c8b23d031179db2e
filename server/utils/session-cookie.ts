import type { H3Event } from 'h3'

/** The prefix binds the cookie to this host, to https and to no path (RFC 6265bis §4.1.3.2). */
const NAME = '__Host-session'
/** Browsers take no `__Host-` cookie over http, which is for trying the portal on one's own machine alone. */
const LOOPBACK_NAME = 'session'
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Where the portal is, as browsers see it: the address told by the operator, else the one asked. */
export function portalOrigin(event: H3Event): URL {
  const told = useRuntimeConfig(event).public.siteUrl
  if (told) return new URL(new URL(told).origin)
  const host = getRequestHeader(event, 'host') ?? ''
  const asked = URL.parse(`https://${host}`) ?? new URL('https://invalid')
  return LOOPBACK.test(asked.hostname) ? new URL(`http://${host}`) : asked
}

const cookieOf = (event: H3Event) => {
  const isSecure = portalOrigin(event).protocol === 'https:'
  return {
    name: isSecure ? NAME : LOOPBACK_NAME,
    options: { httpOnly: true, secure: isSecure, sameSite: 'lax', path: '/' } as const,
  }
}

export const readSessionCookie = (event: H3Event): string | undefined =>
  getCookie(event, cookieOf(event).name)

/** The cookie ends with the browser; the session behind it sooner. */
export function setSessionCookie(event: H3Event, sessionId: string): void {
  const { name, options } = cookieOf(event)
  setCookie(event, name, sessionId, options)
}

export function clearSessionCookie(event: H3Event): void {
  const { name, options } = cookieOf(event)
  setCookie(event, name, '', { ...options, maxAge: 0 })
}
