import type { H3Event } from 'h3'
import type { z } from 'zod'
import { CodedError } from '../../shared/coded-error'
import { fromUtf8 } from '../../shared/bytes'
import { parseAs } from '../../shared/parse'

const FORM = 'application/x-www-form-urlencoded'
const MAX_BODY_BYTES = 32 * 1024

/** The fields of a form by a schema; each at most once. Throws `malformed`, `too_large` or `unsupported_media_type`. */
export async function formOf<Schema extends z.ZodType>(
  event: H3Event,
  schema: Schema,
): Promise<z.output<Schema>> {
  const type = mediaTypeOf(event)
  if (type !== FORM) throw unsupportedMediaType(FORM, type)
  const fields = [...new URLSearchParams(fromUtf8(await readBytes(event, MAX_BODY_BYTES)))]
  const names = new Set(fields.map(([name]) => name))
  if (names.size < fields.length)
    throw new CodedError('malformed', 'form: expected each field once, got one of them again')
  return parseAs(schema, Object.fromEntries(fields), 'form')
}
