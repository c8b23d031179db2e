import { z } from 'zod'
import {
  enrolledSchema,
  MAX_ENROLMENTS_PER_REQUEST,
  type AreaRequest,
  type Enrolled,
  type Enrolment,
} from '../../shared/api/devices.ts'
import { batchesSchema } from '../../shared/api/ledger.ts'
import { MAX_PAGE_LIMIT } from '../../shared/api/page.ts'
import { acceptanceSchema, type Acceptance } from '../../shared/api/readings.ts'
import { parseJson } from '../../shared/json.ts'
import { parseAs } from '../../shared/parse.ts'
import type { Reading } from '../../shared/reading/index.ts'
import { TryLater } from './patience.ts'

const REQUEST_LIMIT_MS = 30_000
const SERVER_ERROR = 500
const TOO_MANY_REQUESTS = 429
const NOT_ANCHORED_YET = 409
const SHOWN_CHARACTERS = 400

const acceptancesSchema = z.array(acceptanceSchema)
const enrolledManySchema = z.array(enrolledSchema)

interface Answer {
  status: number
  text: string
}

/** The portal's public HTTP API (api.md), as a client without any privilege but the administrator's token uses it. */
export interface PortalRequests {
  putArea(areaId: string, area: AreaRequest): Promise<void>
  enrol(enrolments: Enrolment[]): Promise<Enrolled[]>
  /** One answer per reading, in their order. */
  postReadings(readings: Reading[]): Promise<Acceptance[]>
  /** One page of the ledger's batches. */
  batches(cursor: string | null): Promise<z.infer<typeof batchesSchema>>
  /** The text of a proof bundle; null while the record is not anchored. */
  proof(leafHash: string): Promise<string | null>
}

/**
 * Talks to the portal at `url`. Every call throws `TryLater` when the portal is away, overloaded or failing, and an
 * Error with the status and the portal's own words when it refuses.
 */
export function portalRequests(
  url: string,
  adminToken: string,
  signal: AbortSignal,
): PortalRequests {
  const call = (path: string, init: RequestInit = {}): Promise<Answer> =>
    ask(new URL(`api/v1/${path}`, url), init, signal)
  const asAdmin = (method: string, body: unknown): RequestInit => ({
    ...withJson(method, body),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
  })

  return {
    async putArea(areaId, area) {
      expectSuccess(`area ${areaId}`, await call(`admin/areas/${areaId}`, asAdmin('PUT', area)))
    },
    async enrol(enrolments) {
      const enrolled: Enrolled[] = []
      for (let at = 0; at < enrolments.length; at += MAX_ENROLMENTS_PER_REQUEST) {
        const part = enrolments.slice(at, at + MAX_ENROLMENTS_PER_REQUEST)
        const answer = await call('admin/devices', asAdmin('POST', part))
        expectSuccess('enrolment', answer)
        enrolled.push(...parseAs(enrolledManySchema, parseJson(answer.text), 'enrolment'))
      }
      return enrolled
    },
    async postReadings(readings) {
      const answer = await call('readings', withJson('POST', readings))
      const parsed = acceptancesSchema.safeParse(jsonOrUndefined(answer.text))
      if (parsed.success && parsed.data.length === readings.length) return parsed.data
      expectSuccess('readings', answer)
      throw new Error(
        `readings: expected ${readings.length} answers, got ${answer.text.slice(0, SHOWN_CHARACTERS)}`,
      )
    },
    async batches(cursor) {
      const query = new URLSearchParams({ limit: String(MAX_PAGE_LIMIT) })
      if (cursor !== null) query.set('cursor', cursor)
      const answer = await call(`batches?${query}`)
      expectSuccess('batches', answer)
      return parseAs(batchesSchema, parseJson(answer.text), 'batches')
    },
    async proof(leafHash) {
      const answer = await call(`records/${leafHash}/proof`)
      if (answer.status === NOT_ANCHORED_YET) return null
      expectSuccess('proof', answer)
      return answer.text
    },
  }
}

const withJson = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

async function ask(url: URL, init: RequestInit, signal: AbortSignal): Promise<Answer> {
  let answer: Answer & { retryAfter: string | null }
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_LIMIT_MS)])
    const response = await fetch(url, { ...init, signal: limit })
    const retryAfter = response.headers.get('retry-after')
    answer = { status: response.status, text: await response.text(), retryAfter }
  } catch (cause) {
    signal.throwIfAborted()
    throw new TryLater(`${url.href}: no answer`, undefined, { cause })
  }
  if (answer.status >= SERVER_ERROR || answer.status === TOO_MANY_REQUESTS) {
    throw new TryLater(`${url.href}: ${described(answer)}`, secondsToMs(answer.retryAfter))
  }
  return answer
}

function secondsToMs(retryAfter: string | null): number | undefined {
  return retryAfter !== null && /^\d{1,4}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined
}

const described = ({ status, text }: Answer): string =>
  `status ${status} ${text.slice(0, SHOWN_CHARACTERS)}`

function expectSuccess(what: string, answer: Answer): void {
  if (answer.status >= 300) throw new Error(`${what}: the portal refused: ${described(answer)}`)
}

function jsonOrUndefined(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
