import { signatureFromBase64url, toBase64url, type Signature } from '../../shared/bytes.ts'
import { CodedError } from '../../shared/coded-error.ts'
import {
  decodeCompact,
  parseReading,
  signedBytes,
  type Reading,
  type UnsignedReading,
} from '../../shared/reading/index.ts'
import { Rejection } from './rejection.ts'

/** A reading as it came, not yet looked at: a parsed JSON value, or the bytes of one item in compact form. */
export type HandedIn = { json: unknown } | { cose: Uint8Array }

/** A reading that parses, with what its device signed. */
export interface SignedReading {
  /** The members its record has of it; formats.md §2. */
  content: { reading: Reading } | { reading: UnsignedReading; cose: string }
  /** What the next reading's `previous` is the hash of. */
  signed: Uint8Array
  /** What the signature is over. */
  message: Uint8Array
  signature: Signature
}

/** Parses a reading in either form, strictly. */
export function openReading(handedIn: HandedIn): SignedReading | Rejection {
  try {
    return 'json' in handedIn ? openJson(handedIn.json) : openCompact(handedIn.cose)
  } catch (error) {
    if (error instanceof CodedError && error.code === 'malformed')
      return new Rejection('malformed', error.message)
    throw error
  }
}

function openJson(value: unknown): SignedReading {
  const reading = parseReading(value)
  const signed = signedBytes(reading)
  const signature = signatureFromBase64url(reading.device_signature)
  return { content: { reading }, signed, message: signed, signature }
}

function openCompact(cose: Uint8Array): SignedReading {
  const { reading, signed, message, signature } = decodeCompact(cose)
  return { content: { reading, cose: toBase64url(cose) }, signed, message, signature }
}
