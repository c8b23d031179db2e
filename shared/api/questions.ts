import { z } from 'zod'
import { DEGREE_DECIMALS } from '../fields.ts'

/** Members of questions: what is answered in one way may be asked in several. */

const MOMENT = /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:z|[+-]\d{2}:\d{2})$/i

/** A moment in the zone it is written in (RFC 3339), read as UTC with milliseconds. A `+` that came as a space is one. */
export const momentField = z
  .string()
  .meta({ format: 'date-time' })
  .transform((text, context) => {
    const written = text.replace(/ (?=\d{2}:\d{2}$)/, '+').toUpperCase()
    const moment = new Date(MOMENT.test(written) ? written : Number.NaN)
    const isReal = !Number.isNaN(moment.getTime()) && isOfCalendar(written)
    if (isReal) return moment.toISOString()
    context.addIssue({
      code: 'custom',
      message: 'expected a time like 2026-11-21T05:30:00Z or 2026-11-21T11:00:00+05:30',
    })
    return z.NEVER
  })

/** `Date` takes 31 February for 3 March. */
function isOfCalendar(written: string): boolean {
  const day = written.slice(0, 10)
  const midnight = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)
}

interface Period {
  from?: string | undefined
  to?: string | undefined
}

/** For `refine`: a period that ends after it begins. */
export const isInOrder = ({ from, to }: Period): boolean =>
  from === undefined || to === undefined || from < to
export const IN_ORDER = { error: 'expected a moment after `from`', path: ['to'] }

/** An id in hex in whatever case it is written: `field` says which is kept. */
export const upperCased = (field: z.ZodType<string, string>) => z.string().toUpperCase().pipe(field)

/** Degrees however many decimals they have, rounded to those that are kept. */
export const roundedDegrees = (field: z.ZodType<number, number>) =>
  z.coerce
    .number()
    .overwrite((degrees) => Number(degrees.toFixed(DEGREE_DECIMALS)))
    .pipe(field)
