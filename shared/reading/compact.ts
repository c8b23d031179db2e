import { asSignature, concat, equalBytes, fromUtf8, toHex, utf8, type Signature } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'
import { parseAs } from '../parse.ts'
import { CborReader, encodeBytes, encodeInteger, encodeMapHead, encodeText } from './cbor.ts'
import { encodeCose, readCose, sigStructure } from './cose.ts'
import { unsignedReadingSchema, type UnsignedReading } from './schema.ts'

/** The compact form of a reading: a tagged COSE_Sign1 (RFC 9052 §4.2) around one deterministic CBOR map; formats.md §1. */

export interface CompactReading {
  reading: UnsignedReading
  /** The payload byte string: what `previous` of the next reading is the hash of. */
  signed: Uint8Array
  /** Sig_structure of RFC 9052 §4.4: what the signature is over. */
  message: Uint8Array
  signature: Signature
}

const MICRODEGREES = 1e6
const MS_PER_S = 1000
const STATUSES = ['OFF', 'ON'] as const
const REASONS = ['heartbeat', 'change', 'last_gasp', 'boot'] as const

type Kind = 'integer' | 'degrees' | 'time' | 'bytes' | 'text' | 'status' | 'reason'

/** Map keys in ascending order, which is their deterministic order. */
const KEYS: readonly (readonly [number, keyof UnsignedReading, Kind])[] = [
  [1, 'v', 'integer'],
  [2, 'seq', 'integer'],
  [3, 'timestamp', 'time'],
  [4, 'power_status', 'status'],
  [5, 'reason', 'reason'],
  [6, 'latitude', 'degrees'],
  [7, 'longitude', 'degrees'],
  [8, 'location_commitment', 'bytes'],
  [9, 'off_since', 'time'],
  [10, 'energy_import_wh', 'integer'],
  [11, 'energy_export_wh', 'integer'],
  [12, 'voltage_mv', 'integer'],
  [13, 'current_ma', 'integer'],
  [14, 'power_w', 'integer'],
  [15, 'frequency_mhz', 'integer'],
  [16, 'previous', 'bytes'],
  [17, 'firmware', 'text'],
]

function readMember(reader: CborReader, kind: Kind): unknown {
  switch (kind) {
    case 'bytes':
      return toHex(reader.bytes())
    case 'text':
      return fromUtf8(reader.text())
    case 'degrees':
      return reader.integer() / MICRODEGREES
    case 'time':
      return isoSeconds(reader.integer())
    case 'status':
      return STATUSES[reader.integer()]
    case 'reason':
      return REASONS[reader.integer()]
    case 'integer':
      return reader.integer()
  }
}

function isoSeconds(epochSeconds: number): string | undefined {
  const moment = new Date(epochSeconds * MS_PER_S)
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString().replace('.000Z', 'Z')
}

function writeMember(value: string | number, kind: Kind): Uint8Array {
  if (typeof value === 'number')
    return encodeInteger(kind === 'degrees' ? Math.round(value * MICRODEGREES) : value)
  switch (kind) {
    case 'time':
      return encodeInteger(Date.parse(value) / MS_PER_S)
    case 'status':
      return encodeInteger(STATUSES.findIndex((status) => status === value))
    case 'reason':
      return encodeInteger(REASONS.findIndex((reason) => reason === value))
    case 'text':
      return encodeText(utf8(value))
    default:
      return encodeBytes(
        Uint8Array.from(value.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
      )
  }
}

/** Payload of a reading: the deterministic CBOR map. */
function encodePayload(reading: UnsignedReading): Uint8Array {
  const members = KEYS.flatMap(([key, name, kind]) => {
    const value = reading[name]
    return value === undefined ? [] : [concat(encodeInteger(key), writeMember(value, kind))]
  })
  return concat(encodeMapHead(members.length), ...members)
}

/** The key identifier of a reading is its device's serial number. */
const kidOf = (deviceId: string): Uint8Array =>
  Uint8Array.from(deviceId.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

/**
 * Decodes one compact reading. Strict: the result is encoded again and must give the same bytes, so every spelling but
 * the one of formats.md is refused with `malformed`. The signature is not checked here.
 */
export function decodeCompact(cose: Uint8Array): CompactReading {
  const { kid, payload, ...rest } = readCose(cose)
  const deviceId = toHex(kid).toUpperCase()
  const signature = asSignature(rest.signature)

  const members = new CborReader(payload)
  const decoded: Record<string, unknown> = { device_id: deviceId }
  for (let left = members.mapSize(); left > 0; left -= 1) {
    const key = members.integer()
    const known = KEYS.find(([number]) => number === key)
    if (!known) throw new CodedError('malformed', `compact reading: unknown key ${key}`)
    decoded[known[1]] = readMember(members, known[2])
  }
  const reading = parseAs(unsignedReadingSchema, decoded, 'compact reading')
  const again = encodeCose(kidOf(deviceId), encodePayload(reading), signature)
  if (!equalBytes(again, cose)) {
    throw new CodedError(
      'malformed',
      'compact reading: expected the deterministic encoding and nothing else',
    )
  }
  return {
    reading,
    signed: payload,
    message: sigStructure(kidOf(deviceId), payload),
    signature,
  }
}
