import type { Json, JsonObject } from './schemas.ts'

interface Told {
  description: string
  example: Json
}

const DEVICE_ID = '0123456789ABCDEF01'
const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
const AREA_ID = 'in-br-patna'
const TOKEN = 'dGhpcyBpcyBvbmUgdG9rZW4gb2YgMzIgYnl0ZXMgLi4'

const FROM = 'Where the period begins, this moment in it'
const TO = 'Where the period ends, this moment no longer in it; after `from`'
const ZONES = 'RFC 3339 in any zone; a `+` in an address is written `%2B`'

/** What parameters mean, by their names: a name means the same in every call. */
const BY_NAME: Record<string, Told> = {
  cursor: {
    description: '`next` of the page before, of the same list. Without it, the first page',
    example: 'x2Zq9aWyIyMDI2LTExLTIxVDA1OjMwOjAwLjAwMFoiLCJhIl0',
  },
  limit: { description: 'Most items of the page', example: 100 },
  device_id: {
    description: 'Only of this device: the serial number of its secure element, 9 bytes in hex',
    example: DEVICE_ID,
  },
  area_id: { description: 'Only of this area', example: AREA_ID },
  seq: {
    description: 'Only the reading of this number; asked for together with `device_id`',
    example: 42,
  },
  leafHash: { description: 'SHA-256 of the leaf of a record, in hex', example: HASH },
  state: { description: 'Only batches that have come this far', example: 'anchored' },
  areaId: { description: 'Id of an area', example: AREA_ID },
  number: { description: 'Number of a batch in the chain of its area, from 1', example: 7 },
  at: {
    description: `A moment of the last 48 hours, in place of now. ${ZONES}`,
    example: '2026-11-21T05:30:00Z',
  },
  bbox: {
    description:
      'West, south, east, north in degrees (WGS 84), commas between; west of more than east crosses the antimeridian (RFC 7946 §5.2)',
    example: '85.0,25.5,85.3,25.7',
  },
  zoom: {
    description: 'Zoom level of a web map: the world is 256 · 2^zoom pixels wide',
    example: 12,
  },
  geometry: { description: '`none` leaves the outlines out', example: 'none' },
  q: { description: 'How the name or the id begins, in any case', example: 'patna' },
  deviceId: {
    description: 'Serial number of a secure element, 9 bytes in hex',
    example: DEVICE_ID,
  },
  'Last-Event-ID': {
    description:
      'Id of the last event that was heard: the stream goes on from there. One older than ten minutes, or that no event had, is passed over',
    example: '2026-11-21T05:30:00.123Z',
  },
  types: { description: 'Only events of these types, commas between', example: 'outage,batch' },
  status: { description: 'Only what stands so', example: 'ongoing' },
  outageId: {
    description: 'Area, first start and first device of an outage',
    example: `${AREA_ID}.20261121T053000Z.${DEVICE_ID}`,
  },
  interval: { description: 'Also the figures of each UTC day or month', example: 'month' },
  figure: { description: 'The figure whose records are asked for', example: 'saidi' },
  subscriptionId: { description: 'SHA-256 of the endpoint, in hex', example: HASH },
  'Idempotency-Key': {
    description:
      'At least 128 random bits in base64url between double quotes, kept secret; sent again where an answer was lost',
    example: '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
  },
  latitude: { description: 'Degrees north (WGS 84), rounded to six decimals', example: 25.594 },
  longitude: { description: 'Degrees east (WGS 84), rounded to six decimals', example: 85.137 },
  complaintId: { description: 'Id of a complaint', example: 'c-abcdefgh234567ab' },
  commitment: { description: 'Commitment to a photo in the ledger, in hex', example: HASH },
  concern: { description: 'Only devices about which this is to be said', example: 'silent' },
  id: { description: 'How the id of a device begins', example: '0123' },
  target: { description: 'What the firmware is built for', example: 'esp32-sim7020e' },
  sha256: { description: 'SHA-256 of an image, in hex', example: HASH },
  kind: { description: 'Only complaints of this kind', example: 'no_supply' },
  show: { description: 'Which of the complaints', example: 'open' },
  order: { description: 'By what is due next, or the gravest first', example: 'clock' },
  document: { description: 'A document of GeoReport and its format', example: 'requests.json' },
  collection: { description: 'What the document is one of', example: 'requests' },
  sessionId: { description: 'Id of a session', example: HASH },
  token: { description: 'Secret of a one-time link', example: TOKEN },
  accountId: { description: 'Id of an account', example: 'a-abcdefgh234567ab' },
  picture: { description: 'Id of what is shown, ending in `.png`', example: `${AREA_ID}.png` },
  lang: { description: 'Language of the words in it', example: 'hi' },
  cid: {
    description: 'Content identifier of IPFS',
    example: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
  },
  format: {
    description: '`raw`: one block; `car`: the whole DAG. Without it, the file',
    example: 'raw',
  },
  filename: { description: 'Passed over: some gateways take it', example: 'batch.jsonl' },
}

/** The same name where it says another thing. */
const BY_CALL: Record<string, Told> = {
  'getOutagePicture picture': {
    description: 'Id of an outage, ending in `.png`',
    example: `${AREA_ID}.20261121T053000Z.${DEVICE_ID}.png`,
  },
  'putArea If-None-Match': {
    description: 'Only creates the area: one that is there already stays as it is',
    example: '*',
  },
  'listComplaints status': {
    description: 'Only complaints at this step; `open`: all that are not closed',
    example: 'open',
  },
  'getGeoReportItem document': {
    description: 'An id and its format',
    example: 'no_supply.json',
  },
  'listReadings from': {
    description: `${FROM}, by the device’s clock. ${ZONES}`,
    example: '2026-11-21T00:00:00Z',
  },
  'listReadings to': { description: `${TO}. ${ZONES}`, example: '2026-11-22T05:30:00+05:30' },
}

const DAY_LIKE: Record<string, Told> = {
  from: { description: `${FROM}: a day in UTC`, example: '2026-11-01' },
  to: { description: `${TO}: a day in UTC`, example: '2026-12-01' },
}
const MOMENT_LIKE: Record<string, Told> = {
  from: { description: `${FROM}. ${ZONES}`, example: '2026-11-21T00:00:00Z' },
  to: { description: `${TO}. ${ZONES}`, example: '2026-11-22T05:30:00+05:30' },
}

/** What a parameter means, with an example; nothing of one that nobody told of. */
export function toldOf(
  operationId: string,
  name: string,
  { format }: JsonObject,
): Told | Record<string, never> {
  const periods = format === 'date' ? DAY_LIKE : MOMENT_LIKE
  return BY_CALL[`${operationId} ${name}`] ?? periods[name] ?? BY_NAME[name] ?? {}
}
