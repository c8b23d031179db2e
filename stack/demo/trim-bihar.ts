import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import {
  areaGeometrySchema,
  isSamePlace,
  mapRings,
  type AreaGeometry,
  type Position,
} from '../../shared/area-geometry.ts'
import { parseJson } from '../../shared/json.ts'
import { parseAs } from '../../shared/parse.ts'
import { BIHAR_SITE_COLUMNS } from './bihar-data.ts'
import { countyFinder } from './county-at.ts'
import { by, fairOrder } from './fair-order.ts'
import { simplifyTogether } from './shared-borders.ts'

/**
 * Makes data/bihar-*.geojson and data/bihar-sites.csv: `node stack/demo/trim-bihar.ts <districts> <blocks> <points>`, three
 * GeoJSON files; data/README.md names them. Deterministic. Outlines are rounded and simplified together, so that a
 * district and its blocks keep their common borders; sites stand in such an order that the first N are a fair sample.
 */
const OUTLINE_DECIMALS = 4
const POINT_DECIMALS = 5
/** Of the order of 900 m by 900 m: the outlines are for a map of a whole state. */
const CORNER_SQUARE_METRES = 800_000

const geometry = z
  .looseObject({})
  .transform(({ type, coordinates }) => ({ type, coordinates }))
  .pipe(areaGeometrySchema)
const districtSchema = z.object({
  properties: z.object({ dt_cen_cd: z.int(), censuscode: z.int() }),
  geometry,
})
const blockSchema = z.object({
  properties: z.object({
    dt_cen_cd: z.int(),
    bl_cen_cd: z.int(),
    district: z.string(),
    block: z.string(),
  }),
  geometry,
})
const pointSchema = z.object({
  properties: z.object({ DTCODE11: z.string(), SDTCODE11: z.string(), NAME11: z.string() }),
  geometry: z.object({ coordinates: z.tuple([z.number(), z.number()]) }),
})

async function featuresIn<Schema extends z.ZodType>(
  schema: Schema,
  path: string,
): Promise<z.output<Schema>[]> {
  const collection = z.object({ features: z.array(schema) })
  return parseAs(collection, parseJson(await readFile(path)), path).features
}

const roundedTo = (decimals: number) => (degrees: number) => Number(degrees.toFixed(decimals))

const rounded = (outline: AreaGeometry): AreaGeometry =>
  mapRings(outline, (ring) =>
    ring
      .map(([longitude, latitude]): Position => {
        const round = roundedTo(OUTLINE_DECIMALS)
        return [round(longitude), round(latitude)]
      })
      .filter((at, index, all) => index === 0 || !isSamePlace(at, all[index - 1] ?? at)),
  )

/** These files wind every ring clockwise and have no holes; RFC 7946 wants the opposite. */
const wound = (outline: AreaGeometry): AreaGeometry =>
  mapRings(outline, (ring) => ring.toReversed())

async function write(name: string, lines: string[]): Promise<void> {
  const target = fileURLToPath(new URL(`data/${name}`, import.meta.url))
  const text = `${lines.join('\n')}\n`
  await writeFile(target, text)
  process.stdout.write(`${target}: ${text.length} bytes\n`)
}

/** One feature a line. */
const collection = (features: object[]): string[] => [
  '{"type":"FeatureCollection","features":[',
  features.map((feature) => JSON.stringify(feature)).join(',\n'),
  ']}',
]

const [districtFile, blockFile, pointFile, ...surplus] = process.argv.slice(2)
if (!districtFile || !blockFile || !pointFile || surplus.length > 0) {
  process.stderr.write(
    'usage: node stack/demo/trim-bihar.ts <districts> <blocks> <points>: expected three paths\n',
  )
  process.exit(2)
}
const districts = await featuresIn(districtSchema, districtFile)
const blocks = await featuresIn(blockSchema, blockFile)
const points = await featuresIn(pointSchema, pointFile)

const outlines = simplifyTogether(
  [...districts, ...blocks].map((feature) => rounded(feature.geometry)),
  CORNER_SQUARE_METRES,
).map(wound)
const districtOutlines = outlines.slice(0, districts.length)
const blockOutlines = outlines.slice(districts.length)

// The blocks' file spells the districts as they are spelt today.
const spelling = new Map(
  blocks.map(({ properties: { dt_cen_cd, district } }) => [dt_cen_cd, district]),
)
await write(
  'bihar-districts.geojson',
  collection(
    districts.map(({ properties: { dt_cen_cd } }, index) => ({
      type: 'Feature',
      properties: { dt_cen_cd, district: spelling.get(dt_cen_cd) },
      geometry: districtOutlines[index],
    })),
  ),
)
await write(
  'bihar-blocks.geojson',
  collection(
    blocks.map(({ properties: { dt_cen_cd, bl_cen_cd, block } }, index) => ({
      type: 'Feature',
      properties: { dt_cen_cd, bl_cen_cd, block },
      geometry: blockOutlines[index],
    })),
  ),
)

const blockAt = countyFinder(
  blocks.map(({ properties: { bl_cen_cd, block } }, index) => ({
    fips: String(bl_cen_cd),
    name: block,
    outline: blockOutlines[index] ?? { type: 'Polygon', coordinates: [] },
  })),
)
const sites = points.map(({ properties: { DTCODE11, SDTCODE11, NAME11 }, geometry }) => {
  const [longitude, latitude] = geometry.coordinates.map(roundedTo(POINT_DECIMALS))
  if (longitude === undefined || latitude === undefined || !blockAt([longitude, latitude])) {
    throw new Error(`${NAME11}: expected a place within a block, got ${longitude}, ${latitude}`)
  }
  return { district: DTCODE11, row: [SDTCODE11, NAME11, latitude, longitude] }
})
const ordered = fairOrder(
  Map.groupBy(sites.toSorted(by(({ row }) => String(row[0]))), ({ district }) => district),
)
await write('bihar-sites.csv', [
  BIHAR_SITE_COLUMNS.join(','),
  ...ordered.map(({ row }) => row.join(',')),
])
