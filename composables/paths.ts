import type { BatchState } from '../shared/api/ledger.ts'
import type { OutageStatus } from '../shared/api/outages.ts'
import type { ComplaintStatus } from '../shared/complaint/index.ts'
import { mapLinkQuery, type MapLink } from './map-link.ts'
import type { AreaPeriod } from './area/period.ts'
import type { TimelineRange } from './device/range.ts'

/** Every address the pages use; no component builds one by hand. */

const API = '/api/v1'

/** An address with those members of a query that are given. */
export function withQuery(
  path: string,
  query: Record<string, string | number | null | undefined>,
): string {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  )
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? path : `${path}?${text}`
}

/** Degrees. */
export interface MapBox {
  west: number
  south: number
  east: number
  north: number
}

export interface MapView extends MapBox {
  /** Web map zoom level; without it clusters are as fine as the box allows. */
  zoom?: number
}

export interface ListFilter<Status extends string> {
  areaId?: string | undefined
  status?: Status | undefined
}
export type BatchFilter = ListFilter<BatchState>
export type OutageFilter = ListFilter<OutageStatus>
export type ComplaintFilter = ListFilter<ComplaintStatus | 'open'>

interface PlaceLink {
  /** Degrees. */
  latitude?: number | undefined
  longitude?: number | undefined
  areaId?: string | undefined
}

/** By time of filing, ISO 8601, `to` excluded. */
export interface Period {
  from?: string | undefined
  to?: string | undefined
}

interface PageQuery {
  cursor?: string | null | undefined
  limit?: number | undefined
}

/** Decimals of a degree that matter on a map: about a metre. */
const BBOX_DECIMALS = 5
const WORLD_DEGREES = 360

/** A longitude of whichever copy of the world, as it is called on the first. */
const onFirst = (longitude: number): number =>
  longitude - WORLD_DEGREES * Math.floor((longitude + WORLD_DEGREES / 2) / WORLD_DEGREES)

/** A view may go on past the antimeridian and the poles; what is asked for does not. */
function boxText({ west, south, east, north }: MapBox): string {
  const isWithin = west >= -180 && east <= 180
  const isWhole = east - west >= WORLD_DEGREES
  const sides = isWithin ? [west, east] : isWhole ? [-180, 180] : [onFirst(west), onFirst(east)]
  return [sides[0] ?? west, Math.max(-90, south), sides[1] ?? east, Math.min(90, north)]
    .map((degrees) => degrees.toFixed(BBOX_DECIMALS))
    .join(',')
}

export const apiPaths = {
  map: (view?: MapView, at?: string | null) =>
    withQuery(`${API}/map`, {
      at,
      bbox: view && boxText(view),
      zoom: view?.zoom,
    }),
  areas: ({
    cursor,
    limit,
    geometry,
    at,
  }: PageQuery & { geometry?: 'none' | undefined; at?: string | null } = {}) =>
    withQuery(`${API}/areas`, { cursor, limit, geometry, at }),
  search: (words: string) => withQuery(`${API}/search`, { q: words }),
  ongoingOutages: (bbox: MapBox) =>
    withQuery(`${API}/outages`, { bbox: boxText(bbox), status: 'ongoing', limit: 1 }),
  events: ({ types, areaId }: { types?: readonly string[]; areaId?: string | undefined } = {}) =>
    withQuery(`${API}/events`, { types: types?.join(','), area_id: areaId }),
  batches: ({ areaId, status, cursor, limit }: BatchFilter & PageQuery = {}) =>
    withQuery(`${API}/batches`, { area_id: areaId, state: status, cursor, limit }),
  batch: (areaId: string, number: number | string) =>
    `${API}/batches/${encodeURIComponent(areaId)}/${encodeURIComponent(number)}`,
  batchRecords: (areaId: string, number: number | string, { cursor, limit }: PageQuery = {}) =>
    withQuery(`${apiPaths.batch(areaId, number)}/records`, { cursor, limit }),
  batchFile: (areaId: string, number: number | string) => `${apiPaths.batch(areaId, number)}/file`,
  device: (deviceId: string) => `${API}/devices/${encodeURIComponent(deviceId)}`,
  readings: (deviceId: string, { limit }: PageQuery = {}) =>
    withQuery(`${API}/readings`, { device_id: deviceId, limit }),
  proof: (leafHash: string) => `${API}/records/${encodeURIComponent(leafHash)}/proof`,
  ledger: () => `${API}/ledger`,
  due: (areaId?: string) => withQuery(`${API}/ledger/due`, { area_id: areaId }),
  pushKey: () => `${API}/push/key`,
  pushSubscriptions: () => `${API}/push/subscriptions`,
  pushSubscription: (id: string) => `${apiPaths.pushSubscriptions()}/${id}`,
  openApi: () => `${API}/openapi.json`,
  complaints: ({ areaId, status, cursor, limit }: ComplaintFilter & PageQuery = {}) =>
    withQuery(`${API}/complaints`, { area_id: areaId, status, cursor, limit }),
  complaint: (id: string) => `${API}/complaints/${encodeURIComponent(id)}`,
  complaintChallenge: () => `${API}/complaints/challenge`,
  complaintRules: () => `${API}/complaints/rules`,
  complaintsNearby: ({ latitude, longitude }: { latitude: number; longitude: number }) =>
    withQuery(`${API}/complaints/nearby`, { latitude, longitude }),
  complaintStep: (id: string, step: 'join' | 'dispute' | 'redact' | 'comments' | 'photos') =>
    `${apiPaths.complaint(id)}/${step}`,
  complaintPhoto: (id: string, commitment: string) =>
    `${apiPaths.complaint(id)}/photos/${commitment}`,
  complaintStatistics: (areaId: string, { from, to }: Period = {}) =>
    withQuery(`${API}/areas/${encodeURIComponent(areaId)}/complaints/statistics`, { from, to }),
}

/** Addresses of the pages; `local` puts them into a language. In components: `usePagePaths()`. */
export const pagePathsIn = (local: (path: string) => string) => ({
  map: (link: MapLink = {}) => local(withQuery('/', mapLinkQuery(link))),
  batches: ({ areaId, status }: BatchFilter = {}) =>
    local(withQuery('/batches', { area: areaId, state: status })),
  batch: (areaId: string, number: number) =>
    local(`/batches/${encodeURIComponent(areaId)}/${number}`),
  areas: (search?: string) => local(withQuery('/areas', { search })),
  area: (areaId: string, period?: AreaPeriod) =>
    local(withQuery(`/areas/${encodeURIComponent(areaId)}`, { period })),
  outages: ({ areaId, status }: OutageFilter = {}) =>
    local(withQuery('/outages', { area: areaId, status })),
  outage: (outageId: string) => local(`/outages/${encodeURIComponent(outageId)}`),
  device: (deviceId: string, range?: TimelineRange) =>
    local(withQuery(`/devices/${encodeURIComponent(deviceId)}`, { range })),
  complaints: ({ areaId, status }: ComplaintFilter = {}) =>
    local(withQuery('/complaints', { area: areaId, status })),
  complaint: (id: string) => local(`/complaints/${encodeURIComponent(id)}`),
  /** With a place, or with an area where the place is not known. */
  newComplaint: ({ latitude, longitude, areaId }: PlaceLink = {}) =>
    local(withQuery('/complaints/new', { lat: latitude, lon: longitude, area: areaId })),
  verify: (leafHash?: string) => local(withQuery('/verify', { leaf: leafHash })),
  about: () => local('/about'),
  trust: () => local('/about/trust'),
  openData: () => local('/open-data'),
  apiDocs: () => local('/docs/api'),
  accessibility: () => local('/accessibility'),
  privacy: () => local('/privacy'),
})

/** Address of a CID at a gateway, or null where either is unknown. */
export const gatewayPath = (gatewayUrl: string | undefined, cid: string | null): string | null =>
  gatewayUrl && cid ? `${gatewayUrl.replace(/\/+$/, '')}/ipfs/${cid}` : null

/** Address of a transaction at a block explorer, or null where none is known. */
export const explorerPath = (
  explorerUrl: string | null | undefined,
  transaction: string,
): string | null => (explorerUrl ? `${explorerUrl.replace(/\/+$/, '')}/tx/${transaction}` : null)
