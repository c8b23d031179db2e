import { signatureFromBase64url, toBase64url, type Signature } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import {
  decodeCompact,
  parseReading,
  signedBytes,
  type Reading,
  type UnsignedReading,
} from '../../../shared/reading/index.ts'
import { Rejection } from './rejection.ts'
import type { TopicPlace } from './topic.ts'

/** First byte of every reading in compact form: tag 18 (RFC 9052 §2), which begins no JSON text. */
export const COSE_SIGN1_TAG = 0xd2

/**
 * A reading as it came, not yet looked at: a parsed JSON value, or the bytes of one item in compact form; with what its
 * topic says of it, where it came under one.
 */
export type HandedIn = ({ json: unknown } | { cose: Uint8Array }) & { place?: TopicPlace }

/** A reading that parses, with what its device signed. */
export interface SignedReading {
  /** The members its record has of it; formats.md §2. */
  content: { reading: Reading } | { reading: UnsignedReading; cose: string }
  /** What the next reading's `previous` is the hash of. */
  signed: Uint8Array
  /** What the signature is over. */
  message: Uint8Array
  signature: Signature
  /** What its topic says, where it came under one. */
  place?: TopicPlace | undefined
}

/** Parses a reading in either form, strictly. */
export function openReading(handedIn: HandedIn): SignedReading | Rejection {
  try {
    const opened = 'json' in handedIn ? openJson(handedIn.json) : openCompact(handedIn.cose)
    return { ...opened, place: handedIn.place }
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
