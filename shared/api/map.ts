import { z } from 'zod'
import { areaTypeField } from '../complaint/index.ts'
import { areaIdField, deviceIdField, deviceTimeField, integerField } from '../fields.ts'
import { STAGES } from '../record/index.ts'
import { pageOf, pageQuery } from './page.ts'
import { momentField } from './questions.ts'

/** Most features of one map answer, whatever the number of devices. */
export const MAX_MAP_FEATURES = 2000

export const DEVICE_STATES = ['on', 'off', 'silent'] as const
export const deviceStateSchema = z.enum(DEVICE_STATES)
export type DeviceState = z.infer<typeof deviceStateSchema>

const point = z.strictObject({
  type: z.literal('Point'),
  coordinates: z.tuple([z.number(), z.number()]),
})

/** Number of devices in each state. */
export const stateCountsSchema = z.strictObject({
  on: integerField(0),
  off: integerField(0),
  silent: integerField(0),
})
export type StateCounts = z.infer<typeof stateCountsSchema>

export const deviceFeatureSchema = z.strictObject({
  type: z.literal('Feature'),
  id: deviceIdField,
  geometry: point,
  properties: z.strictObject({
    kind: z.literal('device'),
    area_id: areaIdField,
    state: deviceStateSchema,
    /** When the state began by the device's own clock; null where nothing was heard yet, or of a moment past, where it began before what is looked back on. */
    since: deviceTimeField.nullable(),
    customers_served: integerField(0),
    stage: z.enum(STAGES),
  }),
})

export const clusterFeatureSchema = z.strictObject({
  type: z.literal('Feature'),
  id: z.string(),
  geometry: point,
  properties: z.strictObject({ kind: z.literal('cluster'), counts: stateCountsSchema }),
})

/** `GET /map`: GeoJSON (RFC 7946), clusters when far, devices when near. */
export const mapSchema = z.strictObject({
  type: z.literal('FeatureCollection'),
  features: z.array(z.union([deviceFeatureSchema, clusterFeatureSchema])),
  counts: stateCountsSchema,
  /** The latest device time among the readings shown, or the moment asked for; null while there are none. */
  as_of: deviceTimeField.nullable(),
})
export type MapAnswer = z.infer<typeof mapSchema>
export type MapFeature = MapAnswer['features'][number]

const MAX_ZOOM = 22

/** West, south, east, north in degrees; west of more than east: across the antimeridian (RFC 7946 §5.2). */
export type Box = readonly [west: number, south: number, east: number, north: number]

/** `west,south,east,north` in degrees. */
export const bboxField = z
  .string()
  .regex(
    /^-?\d+(?:\.\d+)?(?:e-?\d+)?(?:,-?\d+(?:\.\d+)?(?:e-?\d+)?){3}$/,
    'expected west,south,east,north',
  )
  .transform((text) => text.split(',').map(Number))
  .pipe(z.tuple([z.number(), z.number(), z.number(), z.number()]))
  .refine(
    ([west, south, east, north]) =>
      [west, east].every((longitude) => Math.abs(longitude) <= 180) &&
      [south, north].every((latitude) => Math.abs(latitude) <= 90),
    'expected longitudes from −180 to 180 and latitudes from −90 to 90',
  )
  .refine(
    ([west, south, east, north]) => west !== east && south < north,
    'expected west other than east and south < north',
  )

/** A box as one or two that do not cross the antimeridian. */
export const boxesOf = ([west, south, east, north]: Box): Box[] =>
  west < east
    ? [[west, south, east, north]]
    : [
        [west, south, 180, north],
        [-180, south, east, north],
      ]

/** A moment of the last `MAP_HISTORY_HOURS`, shown instead of now. */
const atField = momentField

/** The web map zoom level is that by which clusters are spaced. */
export const mapQuery = z.strictObject({
  at: atField.optional(),
  bbox: bboxField.default([-180, -90, 180, 90]),
  zoom: z.coerce.number().min(0).max(MAX_ZOOM).optional(),
})

/** An area with the state of its devices, now or at the moment asked for. */
export const areaSchema = z.strictObject({
  area_id: areaIdField,
  name: z.string(),
  parent_id: areaIdField.nullable(),
  kind: z.string(),
  /** Which clocks complaints go by; null where nobody said, then the longer ones. */
  area_type: areaTypeField.nullable(),
  counts: stateCountsSchema,
  /** Customers behind devices that say OFF, and behind all devices. */
  customers_off: integerField(0),
  customers_served: integerField(0),
  /** Share of devices that are not silent; null where there is no device. */
  coverage: z.number().min(0).max(1).nullable(),
  /** GeoJSON Polygon or MultiPolygon; null where none was imported, or none was asked for. */
  geometry: z.record(z.string(), z.json()).nullable(),
})
export type Area = z.infer<typeof areaSchema>
export const areasSchema = pageOf(areaSchema)
/** `geometry=none` leaves the outlines out. */
export const areasQuery = z.strictObject({
  ...pageQuery,
  geometry: z.literal('none').optional(),
  at: atField.optional(),
})

/** Events of `GET /events` (server-sent): `status` when a device changes, `batch` when a batch changes state. */
export const statusEventSchema = z.strictObject({
  device_id: deviceIdField,
  area_id: areaIdField,
  state: deviceStateSchema,
  since: deviceTimeField,
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  customers_served: integerField(0),
})
export type StatusEvent = z.infer<typeof statusEventSchema>
