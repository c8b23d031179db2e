import { randomUUID } from 'node:crypto'
import type { H3Event } from 'h3'
import type { LogFields, LogLevel } from './log'

/** The form a proxy in front may give a request's name in; what else comes may be anything about anybody. */
const REQUEST_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const MS_PER_S = 1000
/** Asked every few seconds by machines. */
const QUIET = /^\/(?:health|ready|metrics|_nuxt\/\*\*)$/

/** Names a request: as the proxy did with `X-Request-Id`, else anew. */
export function requestIdOf(event: H3Event): string {
  const given = event.node.req.headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

/** The pattern of the address: never the address itself, whose parts name people, complaints and secrets. */
function routeOf(event: H3Event): string {
  const { matchedRoute } = event.context
  if (matchedRoute) return matchedRoute.path
  return event.node.req.url?.startsWith('/_nuxt/') ? '/_nuxt/**' : '(none)'
}

/** Counts and tells an answer, once it was given or its reader left. */
export function noteAnswer(event: H3Event, durationMs: number): void {
  const { res } = event.node
  const status = res.statusCode
  const method = event.context.isHead ? 'HEAD' : event.method
  const route = routeOf(event)
  observeRequest({ method, route, status }, durationMs / MS_PER_S)
  const level = levelOf(method, route, status)
  if (!isLogged(level)) return
  log(level, 'request', {
    request_id: event.context.requestId,
    method,
    route,
    status,
    duration_ms: Math.round(durationMs * 10) / 10,
    left: res.writableFinished ? undefined : true,
    ...event.context.failure,
  })
}

function levelOf(method: string, route: string, status: number): LogLevel {
  if (status === 503) return 'warn'
  if (status >= 500) return 'error'
  if (status >= 400) return 'info'
  // Readings that were taken are counted; a line for each would be the most of the log.
  const isTaken = method === 'POST' && route === '/api/v1/readings'
  return isTaken || QUIET.test(route) ? 'debug' : 'info'
}

declare module 'h3' {
  interface H3EventContext {
    /** Name of the request in the log, in `X-Request-Id` and in problem documents; absent of what pages ask in-process. */
    requestId?: string
    /** Why the request failed, as far as it may be told. */
    failure?: LogFields
    /** The request was a HEAD. */
    isHead?: boolean
  }
}
