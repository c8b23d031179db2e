import type { EventHandler, H3Event } from 'h3'
import type { z } from 'zod'
import type { Problem } from '../../shared/api/problem'
import { parseAs } from '../../shared/parse'
import { LockedOutError } from '../services/account/attempts'
import { TooManyError } from '../services/limits/allowance'
import { isUnchanged } from './etag'
import { withNextPage, withOwnCursor } from './next-page'
import { problemOf, sendProblem } from './problem'

const MS_PER_S = 1000
const HEX = /^[0-9a-f]+$/i

/**
 * A door of the API: what the handler returns is answered as JSON with an ETag (GET), what it throws as a problem
 * document. Streams and responses already begun pass through.
 */
export function apiRoute(handler: (event: H3Event) => unknown): EventHandler {
  return defineEventHandler(async (event) => {
    try {
      const answer = await handler(event)
      return event.method === 'GET' && isPlain(answer) ? tagged(event, answer) : answer
    } catch (error) {
      return sendRefusal(event, error)
    }
  })
}

/** Answers the problem document of what was thrown, and when to try again where that is known. */
export function sendRefusal(event: H3Event, error: unknown): Problem {
  const document = problemOf(error)
  if (error instanceof LockedOutError || error instanceof TooManyError)
    setResponseHeader(event, 'retry-after', Math.ceil(error.retryAfterMs / MS_PER_S))
  if (document.status === 500) event.context.failure = errorFields(error)
  return sendProblem(event, document)
}

const isPlain = (answer: unknown): answer is object =>
  answer !== null &&
  typeof answer === 'object' &&
  [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(answer))

/** What nothing changed about since the reader last asked is not told again. */
function tagged(event: H3Event, answer: object): object | null {
  if (getResponseStatus(event) !== 200) return answer
  const told = withNextPage(event, answer)
  return isUnchanged(event, JSON.stringify(told)) ? null : told
}

/** The query of a request by its schema. Repeated and unknown members are refused with `malformed`. */
export function queryOf<Schema extends z.ZodType>(
  event: H3Event,
  schema: Schema,
): z.output<Schema> {
  return parseAs(schema, withOwnCursor(event, getQuery(event)), 'query')
}

/** One path parameter by its schema; an id in hex in whatever case it is written. */
export function paramOf<Schema extends z.ZodType>(
  event: H3Event,
  name: string,
  schema: Schema,
): z.output<Schema> {
  const written = getRouterParam(event, name, { decode: true }) ?? ''
  const same = HEX.test(written) ? [written, written.toUpperCase(), written.toLowerCase()] : []
  const fitting = same.find((text) => schema.safeParse(text).success)
  return parseAs(schema, fitting ?? written, name)
}
