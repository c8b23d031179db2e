import type { H3Event } from 'h3'
import { PROBLEM_STATUS, type Problem, type ProblemCode } from '../../shared/api/problem'
import { CodedError } from '../../shared/coded-error'
import { MalformedError } from '../../shared/parse'

const RETRY_AFTER_S = 5
const TITLES: Record<number, string> = {
  400: 'Malformed request',
  401: 'Not authorised',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflicts with what is known',
  413: 'Too large',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  422: 'Well-formed but impossible',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'A store is away',
}

/** Codes of adapters that mean: a store is away, come back later. */
const AWAY = new Set(['ipfs_unavailable', 'chain_unavailable'])
/** Names of the errors by which the MongoDB driver and Mongoose say the database cannot be reached. */
const DATABASE_AWAY =
  /^(?:Mongo(?:ServerSelection|ServerClosed|ClientClosed|Network|NetworkTimeout|OperationTimeout|NotConnected|TopologyClosed|PoolCleared|PoolClosed|ConnectionPoolClosed|WaitQueueTimeout|ose|oseServerSelection)Error|DisconnectedError)$/

/** The server itself says so too: while it stops, or while a replica set has no primary. */
const isDatabaseAway = (error: Error): boolean =>
  DATABASE_AWAY.test(error.name) ||
  ('errorLabels' in error &&
    Array.isArray(error.errorLabels) &&
    error.errorLabels.includes('RetryableWriteError'))

export function problem(
  code: string,
  status: number,
  detail: string,
  errors?: Problem['errors'],
): Problem {
  return {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    detail,
    code,
    ...(errors && { errors }),
  }
}

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEM_STATUS, code)

/** The problem document (RFC 9457) of anything thrown. What is not foreseen is a 500 that tells nothing internal. */
export function problemOf(error: unknown): Problem {
  if (error instanceof MalformedError) return problem('malformed', 400, error.message, error.issues)
  if (error instanceof CodedError) {
    const code: string = error.code
    if (AWAY.has(code))
      return problem('store_unavailable', 503, 'a store this answer needs is away; try again')
    if (isProblemCode(code)) return problem(code, PROBLEM_STATUS[code], error.message)
  }
  if (error instanceof Error && isDatabaseAway(error)) {
    return problem(
      'store_unavailable',
      503,
      'the database is away; nothing was changed, or what was is safe to send again',
    )
  }
  return problem('internal', 500, 'the server failed on this request')
}

/** What a door may have said already of the answer that is not given. */
const OF_CONTENT = ['content-disposition', 'content-length', 'etag', 'link'] as const

/** Answers a problem document, with the name the request has in the log. */
export function sendProblem(event: H3Event, document: Problem): Problem {
  setResponseStatus(event, document.status)
  setResponseHeader(event, 'content-type', 'application/problem+json')
  setResponseHeader(event, 'cache-control', 'no-store')
  for (const name of OF_CONTENT) removeResponseHeader(event, name)
  const isTemporary = document.status === 429 || document.status === 503
  if (isTemporary && !event.node.res.hasHeader('retry-after'))
    setResponseHeader(event, 'retry-after', RETRY_AFTER_S)
  const { requestId } = event.context
  return requestId === undefined ? document : { ...document, instance: `urn:uuid:${requestId}` }
}
