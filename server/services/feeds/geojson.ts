import type { Outage } from '../../../shared/api/outages.ts'
import { LICENCE } from './licence.ts'

/** Outages as GeoJSON, RFC 7946: a point amid the public places of the devices, or none (§3.2). */

const middle = ([west, south, east, north]: NonNullable<Outage['bbox']>) => ({
  type: 'Point',
  coordinates: [(west + east) / 2, (south + north) / 2],
})

export const geojsonHead = (): string =>
  `{"type":"FeatureCollection","license":${JSON.stringify(LICENCE.url)},"features":[`

export const geojsonFeature = ({ outage_id, bbox, ...properties }: Outage): string =>
  JSON.stringify({
    type: 'Feature',
    id: outage_id,
    ...(bbox && { bbox }),
    geometry: bbox && middle(bbox),
    properties: { ...properties, license: LICENCE.url },
  })

export const GEOJSON_END = ']}\n'
