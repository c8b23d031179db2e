import type { H3Event } from 'h3'
import type { z } from 'zod'
import { parseAs } from '../../shared/parse'

const MAX_BODY_BYTES = 16 * 1024

/** The small JSON body of a request by its schema. Throws `malformed`, `too_large` or `unsupported_media_type`. */
export const smallBodyOf = async <Schema extends z.ZodType>(
  event: H3Event,
  schema: Schema,
): Promise<z.output<Schema>> => parseAs(schema, await readJson(event, MAX_BODY_BYTES), 'body')
