import type { z } from 'zod'

/** What a schema expects where it does not say so itself, in the words of the errors it does say: `expected …`. */

const FORMATS: Record<string, string> = {
  email: 'an e-mail address',
  url: 'an address like https://example.org/',
  datetime: 'a time like 2026-11-21T05:30:00Z',
  date: 'a day like 2026-11-21',
}

const UNITS: Record<string, string> = { string: 'character', array: 'item', set: 'item' }

/** `at most 5 characters`; numbers are compared as they are. */
function bound(least: boolean, origin: string, limit: number | bigint, inclusive = true): string {
  const unit = UNITS[origin]
  const words = inclusive ? (least ? 'at least' : 'at most') : least ? 'more than' : 'less than'
  return `${words} ${limit}${unit === undefined ? '' : ` ${unit}${limit === 1 ? '' : 's'}`}`
}

const listed = (values: readonly unknown[]): string =>
  `${values.length === 1 ? '' : 'one of '}${values.map((value) => JSON.stringify(value)).join(', ')}`

function wanted(issue: Parameters<z.core.$ZodErrorMap>[0]): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : issue.expected
    case 'too_big':
      return bound(false, issue.origin, issue.maximum, issue.inclusive)
    case 'too_small':
      return bound(true, issue.origin, issue.minimum, issue.inclusive)
    case 'invalid_format':
      return FORMATS[issue.format] ?? `the format ${issue.pattern ?? issue.format}`
    case 'invalid_value':
      return listed(issue.values)
    case 'invalid_union':
      return issue.discriminator === undefined
        ? 'one of its forms'
        : `a known ${issue.discriminator}`
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    default:
      return 'something else'
  }
}

/** Told to the schema library; what a schema says of itself comes first. */
export const expectations: z.core.$ZodErrorMap = (issue) => `expected ${wanted(issue)}`
