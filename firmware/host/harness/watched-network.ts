import { z } from 'zod'
import { COMPACT_TYPE, acceptanceSchema, type Acceptance } from '../../../shared/api/readings.ts'
import { problemSchema } from '../../../shared/api/problem.ts'
import { messageOf } from '../../../shared/coded-error.ts'
import { parseJson } from '../../../shared/json.ts'
import { parseAs } from '../../../shared/parse.ts'
import {
  decodeCompact,
  sequenceItems,
  type UnsignedReading,
} from '../../../shared/reading/index.ts'
import type { HttpRequest, Network } from './network.ts'

/** Readings on their way, and how that ended. */
export interface Watch {
  sends(readings: UnsignedReading[], atMs: number): void
  /** The portal's answer to one reading. */
  answered(reading: UnsignedReading, answer: Acceptance): void
  /** No answer for any of them, and why; the device tries again. */
  unanswered(reason: string): void
}

const answersSchema = z.union([
  acceptanceSchema.transform((one) => [one]),
  z.array(acceptanceSchema),
])

/** A network that shows what readings go to the portal and what it says to each; nothing is changed on the way. */
export const watched = (network: Network, watch: Watch): Network => ({
  async http(request) {
    if (request.method !== 'POST') return network.http(request)
    const readings = readingsIn(request)
    watch.sends(readings, request.atMs)
    try {
      const answer = await network.http(request)
      tell(watch, readings, answer.status, Buffer.from(answer.body).toString('utf8'))
      return answer
    } catch (error) {
      watch.unanswered(reasonOf(error))
      throw error
    }
  },
  ...(network.mqtt && { mqtt: network.mqtt }),
})

function readingsIn({ headers, body }: HttpRequest): UnsignedReading[] {
  const items = headers['content-type'] === COMPACT_TYPE ? [body] : [...sequenceItems(body)]
  return items.map((item) => decodeCompact(item).reading)
}

function tell(watch: Watch, readings: UnsignedReading[], status: number, text: string): void {
  const answers = parsed(answersSchema, text) ?? refusedOne(text)
  if (answers?.length !== readings.length) {
    watch.unanswered(refusalIn(text) ?? `status ${status}`)
    return
  }
  for (const [index, reading] of readings.entries()) {
    const answer = answers[index]
    if (answer) watch.answered(reading, answer)
  }
}

/** A reading that came alone is refused by a problem document. */
function refusedOne(text: string): Acceptance[] | null {
  const problem = parsed(problemSchema, text)
  const rejected = acceptanceSchema.safeParse({
    status: 'rejected',
    code: problem?.code,
    detail: problem?.detail,
  })
  return rejected.success ? [rejected.data] : null
}

function refusalIn(text: string): string | null {
  const problem = parsed(problemSchema, text)
  return problem && `${problem.status} ${problem.code}: ${problem.detail}`
}

function parsed<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | null {
  try {
    return parseAs(schema, parseJson(text), 'answer')
  } catch {
    // A proxy in between answers in its own way.
    return null
  }
}

const reasonOf = (error: unknown): string =>
  messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error)
