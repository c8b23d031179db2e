import { concat, fromHex, fromUtf8, toHex, utf8 } from './bytes.ts'
import { areaIdField } from './fields.ts'
import { parseAs } from './parse.ts'

const AREA_BYTES = 32

/** The `bytes32` of an area id on Ethereum: its ASCII, padded with zeros on the right, with 0x; formats.md §4. */
export function areaIdBytes32(areaId: string): `0x${string}` {
  const ascii = utf8(parseAs(areaIdField, areaId, 'area id'))
  return `0x${toHex(concat(ascii, new Uint8Array(AREA_BYTES - ascii.length)))}`
}

/** The area id of a `bytes32` in hex without 0x. Throws a `MalformedError` where it is that of none. */
export function areaIdOfBytes32(hex: string): string {
  const text = fromUtf8(fromHex(hex.replace(/(?:00)+$/, '')))
  return parseAs(areaIdField, text, 'area id on chain')
}
