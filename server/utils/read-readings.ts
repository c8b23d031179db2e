import type { H3Event } from 'h3'
import {
  COMPACT_SEQUENCE_TYPE,
  COMPACT_TYPE,
  MAX_READINGS_BYTES,
  MAX_READINGS_PER_REQUEST,
} from '../../shared/api/readings'
import { CodedError } from '../../shared/coded-error'
import { parseJson } from '../../shared/json'
import { sequenceItems } from '../../shared/reading'
import type { HandedIn } from '../services/reading/open-reading'

export interface HandedInReadings {
  handedIn: HandedIn[]
  /** Whether they came as a list, and are answered by one. */
  isMany: boolean
}

/**
 * The readings of a request's body, in JSON or in compact form, none of them looked at yet. Throws
 * `unsupported_media_type`, `too_large`, or `malformed` where they cannot be told apart.
 */
export async function readReadings(event: H3Event): Promise<HandedInReadings> {
  const read = await openBody(event)
  const { length } = read.handedIn
  if (length === 0)
    throw new CodedError('malformed', 'body: expected at least one reading, got an empty list')
  if (length > MAX_READINGS_PER_REQUEST) {
    throw new CodedError(
      'too_large',
      `body: expected at most ${MAX_READINGS_PER_REQUEST} readings, got more`,
    )
  }
  return read
}

async function openBody(event: H3Event): Promise<HandedInReadings> {
  const type = mediaTypeOf(event)
  switch (type) {
    case 'application/json': {
      const body = parseJson(await readBytes(event, MAX_READINGS_BYTES))
      return Array.isArray(body)
        ? { handedIn: body.map((json: unknown) => ({ json })), isMany: true }
        : { handedIn: [{ json: body }], isMany: false }
    }
    case COMPACT_TYPE:
      return { handedIn: [{ cose: await readBytes(event, MAX_READINGS_BYTES) }], isMany: false }
    case COMPACT_SEQUENCE_TYPE: {
      const items = sequenceItems(await readBytes(event, MAX_READINGS_BYTES))
      const taken = [...items.take(MAX_READINGS_PER_REQUEST + 1)]
      return { handedIn: taken.map((cose) => ({ cose })), isMany: true }
    }
    default:
      throw unsupportedMediaType(
        `application/json, ${COMPACT_TYPE} or ${COMPACT_SEQUENCE_TYPE}`,
        type,
      )
  }
}
