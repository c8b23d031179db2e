import { z } from 'zod'
import { areaRequestSchema, type AreaRequest } from '../shared/api/devices.ts'
import { messageOf } from '../shared/coded-error.ts'
import { areaTypeField, type AreaType } from '../shared/complaint/index.ts'
import { parseJson } from '../shared/json.ts'
import { parseAs } from '../shared/parse.ts'
import { readGeometry } from './area-geometry.ts'
import { CliError } from './cli-error.ts'
import { propertyText, type IdPattern, type Properties } from './id-pattern.ts'

export interface PlannedArea {
  id: string
  request: AreaRequest
}

/** How features become areas. */
export interface AreaRules {
  kind: string
  /** Property that holds the name. */
  name: string
  idOf: IdPattern
  parentOf: ((properties: Properties) => string) | null
  /** One for all, the property that says it, or null where nobody does. */
  type: AreaType | { property: string } | null
}

export interface AreaPlan {
  /** Parents before children. */
  areas: PlannedArea[]
  /** All that is wrong with the file; the plan is good for nothing while there is any. */
  faults: string[]
}

const collectionSchema = z.object({
  type: z.literal('FeatureCollection', 'expected FeatureCollection'),
  features: z.array(z.json(), 'expected features').min(1, 'expected at least one feature'),
  crs: z.object({ properties: z.object({ name: z.string() }) }).nullish(),
})
const featureSchema = z.object({
  type: z.literal('Feature', 'expected Feature'),
  properties: z.record(z.string(), z.unknown(), 'expected properties'),
  geometry: z.unknown(),
})

/** RFC 7946 §4 knows only WGS 84; older files name it, or another. */
const WGS_84 = /(?:CRS84|EPSG:+4326)$/

/** Plans the import of a GeoJSON file. Throws `unreadable` for what is no feature collection in WGS 84. */
export function planAreas(file: string, bytes: Uint8Array, rules: AreaRules): AreaPlan {
  const { features, crs } = readCollection(file, bytes)
  if (crs && !WGS_84.test(crs.properties.name)) {
    throw new CliError(
      'unreadable',
      `${file}: crs: expected WGS 84 (CRS84), got "${crs.properties.name}"`,
    )
  }
  const faults: string[] = []
  const areas = features.flatMap((feature, index) => {
    try {
      return [readFeature(feature, rules)]
    } catch (error) {
      faults.push(`feature ${index + 1}: ${messageOf(error)}`)
      return []
    }
  })
  const sameId = [...Map.groupBy(areas, ({ id }) => id)].filter(([, same]) => same.length > 1)
  for (const [id, same] of sameId) {
    const names = same.map(({ request }) => `"${request.name}"`).join(', ')
    faults.push(`id ${id}: expected one feature, got ${same.length}: ${names}`)
  }
  const { ordered, circle } = parentsFirst(areas)
  for (const { id, request } of circle) {
    faults.push(`id ${id}: expected a parent that does not lie in it, got ${request.parent_id}`)
  }
  return { areas: ordered, faults }
}

function readCollection(file: string, bytes: Uint8Array) {
  try {
    return parseAs(collectionSchema, parseJson(bytes), file)
  } catch (cause) {
    throw new CliError('unreadable', `${messageOf(cause)} (in ${file})`, { cause })
  }
}

function readFeature(value: unknown, rules: AreaRules): PlannedArea {
  const { kind, name, idOf, parentOf } = rules
  const { properties, geometry } = parseAs(featureSchema, value, 'feature')
  const id = idOf(properties)
  return {
    id,
    request: {
      name: parseAs(areaRequestSchema.shape.name, propertyText(name, properties), `${id}: name`),
      kind,
      area_type: typeOf(properties, rules, id),
      parent_id: parentOf?.(properties) ?? null,
      geometry: readGeometry(geometry, `${id}: geometry`),
    },
  }
}

/** Urban or rural; null where the feature does not say. */
function typeOf(properties: Properties, { type }: AreaRules, id: string): AreaType | null {
  if (type === null || typeof type === 'string') return type
  const said = properties[type.property] ?? ''
  const text = typeof said === 'string' ? said.trim().toLowerCase() : said
  return text === '' ? null : parseAs(areaTypeField, text, `${id}: property "${type.property}"`)
}

/** An area is ready once its parent is, or when its parent is not of this file. */
function parentsFirst(areas: readonly PlannedArea[]): {
  ordered: PlannedArea[]
  circle: PlannedArea[]
} {
  const ordered: PlannedArea[] = []
  let waiting = [...areas]
  while (waiting.length > 0) {
    const ids = new Set(waiting.map(({ id }) => id))
    const isReady = ({ request }: PlannedArea) => !ids.has(request.parent_id ?? '')
    const ready = waiting.filter(isReady)
    if (ready.length === 0) break
    ordered.push(...ready)
    waiting = waiting.filter((area) => !isReady(area))
  }
  return { ordered, circle: waiting }
}
