import { MAX_MESSAGE_BYTES } from '../../../shared/api/readings.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { parseJson } from '../../../shared/json.ts'
import type { Message } from '../../adapters/mqtt.ts'
import type { ReadingIntake } from './accept-reading.ts'
import type { DeviceAllowance } from './judge-reading.ts'
import { COSE_SIGN1_TAG, type HandedIn } from './open-reading.ts'
import type { ReadingVerdict } from './store-readings.ts'
import { TOPIC, topicPlace } from './topic.ts'

export type { MessageSource } from '../../adapters/mqtt.ts'

/**
 * Road step 4 for a message of a broker: one reading, in compact form or as JSON, under the topic of its device. Answers
 * what became of it, after which the broker may forget it; throws when it has to come again.
 */
export async function acceptMessage(
  accept: ReadingIntake,
  { topic, payload }: Message,
  allowance: DeviceAllowance,
): Promise<ReadingVerdict> {
  const place = topicPlace(topic)
  if (!place) return refused('wrong_topic', `topic: expected ${TOPIC}`)
  if (payload.length > MAX_MESSAGE_BYTES) {
    return refused(
      'too_large',
      `payload: expected at most ${MAX_MESSAGE_BYTES} bytes, got ${payload.length}`,
    )
  }
  const handedIn = openPayload(payload)
  if (handedIn instanceof CodedError) return refused('malformed', handedIn.message)
  const [verdict] = await accept([{ ...handedIn, place }], allowance)
  if (!verdict) throw new Error('every reading has an answer')
  return verdict
}

const refused = (
  code: 'wrong_topic' | 'too_large' | 'malformed',
  detail: string,
): ReadingVerdict => ({ status: 'rejected', code, detail })

function openPayload(payload: Uint8Array): HandedIn | CodedError<string> {
  if (payload[0] === COSE_SIGN1_TAG) return { cose: payload }
  try {
    return { json: parseJson(payload) }
  } catch (error) {
    if (error instanceof CodedError) return error
    throw error
  }
}
