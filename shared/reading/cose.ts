import { concat, utf8 } from '../bytes.ts'
import { CborReader, encodeBytes, encodeText } from './cbor.ts'

/** COSE_Sign1 (RFC 9052 §4.2) as readings and device messages share it: ES256, one key identifier, nothing else. */

const COSE_HEAD = Uint8Array.of(0xd2, 0x84)
const PROTECTED_HEAD = Uint8Array.of(0xa2, 0x01, 0x26, 0x04)
const EMPTY_MAP = Uint8Array.of(0xa0)
const ARRAY_OF_FOUR = Uint8Array.of(0x84)

/** The protected header {1: -7, 4: kid}, §3.1. */
const protectedHeader = (kid: Uint8Array): Uint8Array => concat(PROTECTED_HEAD, encodeBytes(kid))

/** Sig_structure without external data, §4.4: what the signature is over. */
export const sigStructure = (kid: Uint8Array, payload: Uint8Array): Uint8Array =>
  concat(
    ARRAY_OF_FOUR,
    encodeText(utf8('Signature1')),
    encodeBytes(protectedHeader(kid)),
    encodeBytes(new Uint8Array()),
    encodeBytes(payload),
  )

export const encodeCose = (
  kid: Uint8Array,
  payload: Uint8Array,
  signature: Uint8Array,
): Uint8Array =>
  concat(
    COSE_HEAD,
    encodeBytes(protectedHeader(kid)),
    EMPTY_MAP,
    encodeBytes(payload),
    encodeBytes(signature),
  )

/** The parts of a message; throws `malformed`. Whether they were encoded in the shortest form is the caller's to compare. */
export function readCose(cose: Uint8Array): {
  kid: Uint8Array
  payload: Uint8Array
  signature: Uint8Array
} {
  const reader = new CborReader(cose)
  reader.expect(COSE_HEAD)
  const header = new CborReader(reader.bytes())
  header.expect(PROTECTED_HEAD)
  const kid = header.bytes()
  reader.expect(EMPTY_MAP)
  return { kid, payload: reader.bytes(), signature: reader.bytes() }
}
