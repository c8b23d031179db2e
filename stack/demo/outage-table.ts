import { z } from 'zod'
import { deviceTimeField, latitudeField, longitudeField } from '../../shared/fields.ts'
import { parseAs } from '../../shared/parse.ts'

/** The columns of the trimmed outages, in their order; data/README.md explains them. */
export const OUTAGE_COLUMNS = [
  'outage_id',
  'start_time',
  'last_seen',
  'gone_by',
  'latitude',
  'longitude',
  'customers_max',
  'cause',
  'county_fips',
  'county',
] as const

const numberText = z.string().regex(/^-?\d+(\.\d+)?$/, 'expected a number')

const outageSchema = z.strictObject({
  outage_id: z.string().min(1),
  start_time: deviceTimeField,
  last_seen: deviceTimeField,
  gone_by: z.union([deviceTimeField, z.literal('')]),
  latitude: numberText.transform(Number).pipe(latitudeField),
  longitude: numberText.transform(Number).pipe(longitudeField),
  customers_max: numberText.transform(Number).pipe(z.int().min(1)),
  cause: z.string(),
  county_fips: z.string().regex(/^\d{5}$/, 'expected 5 digits'),
  county: z.string().min(1),
})

/** One real outage, as the utility listed it, and the county it lies in. */
export type Outage = z.infer<typeof outageSchema>

/**
 * Splits a table of comma-separated values whose first line names the columns. Quoting is not understood and
 * refused; throws naming the line, what was expected and what came.
 */
export function readTable(text: string, file: string): Record<string, string>[] {
  if (text.includes('"')) throw new Error(`${file}: expected no quotes, got some`)
  const [header, ...lines] = text.trimEnd().split(/\r?\n/)
  const columns = header?.split(',') ?? []
  return lines.map((line, index) => {
    const cells = line.split(',')
    if (cells.length !== columns.length) {
      throw new Error(
        `${file} line ${index + 2}: expected ${columns.length} cells, got ${cells.length}`,
      )
    }
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']))
  })
}

/** Reads the trimmed outages strictly; throws naming line, member, expected and got. */
export function readOutages(text: string, file: string): Outage[] {
  return readTable(text, file).map((row, index) => {
    const what = `${file} line ${index + 2}`
    const outage = parseAs(outageSchema, row, what)
    if (outage.last_seen <= outage.start_time) {
      throw new Error(
        `${what}: expected last_seen after ${outage.start_time}, got ${outage.last_seen}`,
      )
    }
    return outage
  })
}
