import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { areaGeometrySchema } from '../../shared/area-geometry.ts'
import { latitudeField, longitudeField } from '../../shared/fields.ts'
import { parseJson } from '../../shared/json.ts'
import { parseAs } from '../../shared/parse.ts'
import { readTable } from './outage-table.ts'

/** Columns of data/bihar-sites.csv, in their order; data/README.md explains them. */
export const BIHAR_SITE_COLUMNS = ['code', 'name', 'latitude', 'longitude'] as const

const numberText = z.string().regex(/^-?\d+(\.\d+)?$/, 'expected a number')
const placeSchema = z.strictObject({
  code: z.string().regex(/^\d{5}$/, 'expected 5 digits'),
  name: z.string().min(1),
  latitude: numberText.transform(Number).pipe(latitudeField),
  longitude: numberText.transform(Number).pipe(longitudeField),
})
/** Headquarters of a sub-district, by its census code. */
export type BiharPlace = z.infer<typeof placeSchema>

const featureOf = <Shape extends z.ZodRawShape>(properties: Shape) =>
  z.strictObject({
    type: z.literal('Feature'),
    properties: z.strictObject(properties),
    geometry: areaGeometrySchema,
  })
const districtSchema = featureOf({ dt_cen_cd: z.int(), district: z.string() })
const blockSchema = featureOf({ dt_cen_cd: z.int(), bl_cen_cd: z.int(), block: z.string() })

/** A district (38) or block (534) with its outline, by their numbers in the census. */
export type BiharDistrict = z.infer<typeof districtSchema>
export type BiharBlock = z.infer<typeof blockSchema>

export const readBiharDistricts = (): Promise<BiharDistrict[]> =>
  featuresIn(districtSchema, 'bihar-districts.geojson')
export const readBiharBlocks = (): Promise<BiharBlock[]> =>
  featuresIn(blockSchema, 'bihar-blocks.geojson')

/** The 534 headquarters, the first N a fair sample for every N. */
export async function readBiharPlaces(): Promise<BiharPlace[]> {
  const path = pathOf('bihar-sites.csv')
  const rows = readTable(await readFile(path, 'utf8'), path)
  return rows.map((row, index) => parseAs(placeSchema, row, `${path} line ${index + 2}`))
}

async function featuresIn<Schema extends z.ZodType>(
  schema: Schema,
  name: string,
): Promise<z.output<Schema>[]> {
  const path = pathOf(name)
  const collection = z.strictObject({
    type: z.literal('FeatureCollection'),
    features: z.array(schema),
  })
  return parseAs(collection, parseJson(await readFile(path)), path).features
}

const pathOf = (name: string): string => fileURLToPath(new URL(`data/${name}`, import.meta.url))
