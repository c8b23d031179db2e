import type { H3Event } from 'h3'
import { parseJson } from '../../shared/json'

/**
 * The JSON body of a request, parsed strictly. Reads at most `maxBytes` and no further. Throws `unsupported_media_type`,
 * `too_large` or `malformed`.
 */
export async function readJson(event: H3Event, maxBytes: number): Promise<unknown> {
  const type = mediaTypeOf(event)
  if (type !== 'application/json') throw unsupportedMediaType('application/json', type)
  return parseJson(await readBytes(event, maxBytes))
}
