import { concat, equalBytes, fromHex, fromUtf8, toHex, utf8 } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'
import {
  CborReader,
  encodeBytes,
  encodeInteger,
  encodeMapHead,
  encodeText,
} from '../reading/cbor.ts'

/** The payload map of a device message: its type under key 1, then members in ascending order of their keys. */

type Kind = 'integer' | 'degrees' | 'bytes' | 'serial' | 'text' | readonly string[]
/** Key, name and how it is written; a list of words is written as the place of the word in it. */
export type Member = readonly [number, string, Kind]
export type Values = Readonly<Record<string, string | number | undefined>>

const KEY_TYPE = 1
const MICRODEGREES = 1e6

function write(value: string | number, kind: Kind): Uint8Array {
  if (typeof value === 'number')
    return encodeInteger(kind === 'degrees' ? Math.round(value * MICRODEGREES) : value)
  if (kind === 'text') return encodeText(utf8(value))
  if (kind === 'bytes' || kind === 'serial') return encodeBytes(fromHex(value.toLowerCase()))
  return encodeInteger(kind.indexOf(value))
}

function read(reader: CborReader, kind: Kind): string | number | undefined {
  switch (kind) {
    case 'integer':
      return reader.integer()
    case 'degrees':
      return reader.integer() / MICRODEGREES
    case 'bytes':
      return toHex(reader.bytes())
    case 'serial':
      return toHex(reader.bytes()).toUpperCase()
    case 'text':
      return fromUtf8(reader.text())
    default:
      return kind[reader.integer()]
  }
}

export function encodePayload(
  type: number,
  members: readonly Member[],
  values: Values,
): Uint8Array {
  const items = members.flatMap(([key, name, kind]) => {
    const value = values[name]
    return value === undefined ? [] : [concat(encodeInteger(key), write(value, kind))]
  })
  return concat(
    encodeMapHead(items.length + 1),
    encodeInteger(KEY_TYPE),
    encodeInteger(type),
    ...items,
  )
}

/**
 * The members of a payload of this type by their names. Throws `malformed` for another type, an unknown key, and every
 * encoding but the deterministic one.
 */
export function decodePayload(
  type: number,
  members: readonly Member[],
  payload: Uint8Array,
): Values {
  const reader = new CborReader(payload)
  const left = reader.mapSize()
  if (reader.integer() !== KEY_TYPE || reader.integer() !== type)
    throw new CodedError('malformed', `device message: expected type ${type}`)
  const values: Record<string, string | number | undefined> = {}
  for (let at = 1; at < left; at += 1) {
    const key = reader.integer()
    const member = members.find(([known]) => known === key)
    if (!member) throw new CodedError('malformed', `device message: unknown key ${key}`)
    values[member[1]] = read(reader, member[2])
  }
  if (!equalBytes(encodePayload(type, members, values), payload))
    throw new CodedError('malformed', 'device message: expected the deterministic encoding')
  return values
}
