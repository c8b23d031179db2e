const API = '/api/v1'
const part = encodeURIComponent

interface Paged {
  cursor?: string | null | undefined
  limit?: number | undefined
}

/** Moments in ISO 8601; days where figures are asked for. */
interface Spanned {
  from?: string | undefined
  to?: string | undefined
}

/** Addresses of what is told of supply: areas, outages, figures, sensors. */
export const supplyApi = {
  area: (areaId: string) => `${API}/areas/${part(areaId)}`,
  reliability: (areaId: string, { from, to }: Required<Spanned>) =>
    withQuery(`${API}/areas/${part(areaId)}/reliability`, { from, to, interval: 'day' }),
  outages: ({ areaId, status, cursor, limit }: OutageFilter & Paged) =>
    withQuery(`${API}/outages`, { area_id: areaId, status, cursor, limit }),
  outage: (outageId: string, { cursor, limit }: Paged) =>
    withQuery(`${API}/outages/${part(outageId)}`, { cursor, limit }),
  outageEvidence: (outageId: string, { cursor, limit }: Paged = {}) =>
    withQuery(`${API}/outages/${part(outageId)}/evidence`, { cursor, limit }),
  record: (leafHash: string) => `${API}/records/${part(leafHash)}`,
  timeline: (deviceId: string, { from, to }: Spanned = {}) =>
    withQuery(`${API}/devices/${part(deviceId)}/timeline`, { from, to }),
  readings: (
    deviceId: string,
    { from, to, cursor, limit, seq }: Spanned & Paged & { seq?: number },
  ) => withQuery(`${API}/readings`, { device_id: deviceId, from, to, cursor, limit, seq }),
}

/** Addresses of feeds and files: they keep their language, or have none. */
export const supplyFiles = {
  areaAtom: (areaId: string) => `/areas/${part(areaId)}/outages.atom`,
  areaCalendar: (areaId: string) => `/areas/${part(areaId)}/outages.ics`,
  outagesCsv: ({ areaId, status }: OutageFilter = {}) =>
    withQuery('/outages.csv', { area_id: areaId, status }),
  outagesGeojson: ({ areaId, status }: OutageFilter = {}) =>
    withQuery('/outages.geojson', { area_id: areaId, status }),
  outageAlert: (outageId: string) => `/outages/${part(outageId)}/alert.cap`,
  alerts: () => '/alerts.xml',
  areaPicture: (areaId: string, language: string) =>
    withQuery(`/og/areas/${part(areaId)}.png`, { lang: language }),
  outagePicture: (outageId: string, language: string) =>
    withQuery(`/og/outages/${part(outageId)}.png`, { lang: language }),
}
