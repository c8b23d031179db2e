import { z } from 'zod'
import { areaIdField, deviceIdField } from '../fields.ts'
import { deviceStateSchema } from './map.ts'

export const MAX_SEARCH_RESULTS = 20
const MAX_QUERY_CHARACTERS = 80

/** The areas something lies in, the nearest first: tells twins apart. */
const within = z.array(z.strictObject({ area_id: areaIdField, name: z.string() }))
/** West, south, east, north in degrees. */
const bbox = z.tuple([z.number(), z.number(), z.number(), z.number()])

/** `GET /search`: areas whose name or id begins so, in any case, then devices whose id does. */
export const searchSchema = z.strictObject({
  items: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('area'),
          area_id: areaIdField,
          name: z.string(),
          area_kind: z.string(),
          within,
          /** Around its outline; null where none was imported. */
          bbox: bbox.nullable(),
        }),
        z.strictObject({
          kind: z.literal('device'),
          device_id: deviceIdField,
          area_id: areaIdField,
          within,
          state: deviceStateSchema,
          /** [longitude, latitude]; null for a home, whose place is committed to. */
          coordinates: z.tuple([z.number(), z.number()]).nullable(),
        }),
      ]),
    )
    .max(MAX_SEARCH_RESULTS),
})
export type SearchAnswer = z.infer<typeof searchSchema>

export const searchQuery = z.strictObject({
  q: z
    .string()
    .trim()
    .min(1, 'expected at least 1 character')
    .max(MAX_QUERY_CHARACTERS, `expected at most ${MAX_QUERY_CHARACTERS} characters`),
})
