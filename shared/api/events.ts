import { z } from 'zod'
import { areaIdField, integerField } from '../fields.ts'

/** What `GET /events` tells of. */
export const CHANGE_TYPES = ['status', 'outage', 'batch', 'complaint'] as const
export type ChangeType = (typeof CHANGE_TYPES)[number]

const oneType = `(?:${CHANGE_TYPES.join('|')})`

/** `types` is a list with commas; without it, all. */
export const eventsQuery = z.strictObject({
  area_id: areaIdField.optional(),
  types: z
    .string()
    .regex(
      new RegExp(`^${oneType}(?:,${oneType})*$`),
      `expected some of ${CHANGE_TYPES.join(', ')} with commas between them`,
    )
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(CHANGE_TYPES)))
    .optional(),
})

/** Event `changed`, in place of more events of a type than are told one by one: ask again for what is shown. */
export const changedEventSchema = z.strictObject({
  type: z.enum(CHANGE_TYPES),
  changes: integerField(1),
})
export type ChangedEvent = z.infer<typeof changedEventSchema>
