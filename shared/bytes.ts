import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import { CodedError } from './coded-error.ts'

declare const brand: unique symbol
type Branded<Name extends string> = Uint8Array & { readonly [brand]: Name }

/** 32 bytes of SHA-256. */
export type Hash = Branded<'Hash'>
/** 64 bytes r‖s of ECDSA P-256. */
export type Signature = Branded<'Signature'>
/** 65 bytes 04‖X‖Y of an uncompressed P-256 point. */
export type PublicKey = Branded<'PublicKey'>

export const HASH_BYTES = 32
const SIGNATURE_BYTES = 64
const PUBLIC_KEY_BYTES = 65
const UNCOMPRESSED_POINT = 0x04

function sized<Name extends string>(bytes: Uint8Array, length: number, what: string) {
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) {
    const got = bytes instanceof Uint8Array ? `${bytes.length} bytes` : typeof bytes
    throw new CodedError('malformed', `${what}: expected ${length} bytes, got ${got}`)
  }
  return bytes as Branded<Name>
}

/** Takes 32 bytes as a hash; throws `malformed` on another length. */
export const asHash = (bytes: Uint8Array): Hash => sized<'Hash'>(bytes, HASH_BYTES, 'hash')

/** Takes 64 bytes as a raw r‖s signature; throws `malformed` on another length. */
export const asSignature = (bytes: Uint8Array): Signature =>
  sized<'Signature'>(bytes, SIGNATURE_BYTES, 'signature')

/** Takes 65 bytes beginning with 0x04 as a public key; that the point lies on the curve is checked where it is used. */
export function asPublicKey(bytes: Uint8Array): PublicKey {
  const key = sized<'PublicKey'>(bytes, PUBLIC_KEY_BYTES, 'public key')
  if (key[0] !== UNCOMPRESSED_POINT) {
    throw new CodedError(
      'malformed',
      `public key: expected first byte 04, got ${toHex(key.subarray(0, 1))}`,
    )
  }
  return key
}

export const toHex = (bytes: Uint8Array): string => bytesToHex(bytes)

/** Bytes of lower-case hex digits; throws `malformed` on anything else. */
export function fromHex(hex: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) {
    throw new CodedError(
      'malformed',
      `hex: expected pairs of lower-case hex digits, got "${hex.slice(0, 80)}"`,
    )
  }
  return hexToBytes(hex)
}

export const hashFromHex = (hex: string): Hash => asHash(fromHex(hex))
export const publicKeyFromHex = (hex: string): PublicKey => asPublicKey(fromHex(hex))

/** base64url without padding (RFC 4648 §5). */
export function toBase64url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Decodes unpadded base64url and refuses every other spelling of the same bytes, stray trailing bits included. */
export function fromBase64url(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new CodedError(
      'malformed',
      `base64url: expected unpadded base64url, got "${text.slice(0, 80)}"`,
    )
  }
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index)
  // Only what stands behind the last three whole bytes can be spelled in several ways.
  const tail = bytes.length % 3
  if (tail > 0 && toBase64url(bytes.subarray(-tail)) !== text.slice(-tail - 1)) {
    throw new CodedError(
      'malformed',
      `base64url: expected zero trailing bits, got "${text.slice(-4)}"`,
    )
  }
  return bytes
}

export const signatureFromBase64url = (text: string): Signature => asSignature(fromBase64url(text))

const encoder = new TextEncoder()
export const utf8 = (text: string): Uint8Array => encoder.encode(text)

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes UTF-8 and throws `malformed` on invalid sequences; a byte order mark is kept, so that it is not overlooked. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new CodedError('malformed', 'text: expected valid UTF-8', { cause })
  }
}

export const concat = (...parts: Uint8Array[]): Uint8Array => concatBytes(...parts)

/** SHA-256 (FIPS 180-4). */
export const sha256 = (bytes: Uint8Array): Hash => asHash(nobleSha256(bytes))

/** Equality of public bytes; not for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
