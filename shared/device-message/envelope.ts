import { asPublicKey, equalBytes, sha256, type PublicKey } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'
import { encodeCose, readCose, sigStructure } from '../reading/cose.ts'
import { verifyP256 } from '../signature/index.ts'

/** What the operator signs for a device; docs/formats/device-messages.md. */

const KEY_ID_BYTES = 8

/** The operator's key, wherever it lies. */
export interface OperatorKey {
  readonly publicKey: PublicKey
  /** ECDSA P-256 over SHA-256, 64 raw bytes r‖s. */
  sign(message: Uint8Array): Uint8Array
}

const keyIdOf = (publicKey: PublicKey): Uint8Array => sha256(publicKey).slice(0, KEY_ID_BYTES)

export function sealMessage(payload: Uint8Array, { publicKey, sign }: OperatorKey): Uint8Array {
  const kid = keyIdOf(publicKey)
  return encodeCose(kid, payload, sign(sigStructure(kid, payload)))
}

/** The payload of a message, whose signature is not looked at. Throws `malformed`. */
export function payloadOf(message: Uint8Array): Uint8Array {
  const { kid, payload, signature } = readCose(message)
  if (kid.length !== KEY_ID_BYTES || !equalBytes(encodeCose(kid, payload, signature), message)) {
    throw new CodedError(
      'malformed',
      'device message: expected one COSE_Sign1 with a key identifier of 8 bytes and nothing else',
    )
  }
  return payload
}

/** Throws `bad_signature` unless this key signed the message, `malformed` where it is none. */
export function verifyMessage(message: Uint8Array, publicKey: Uint8Array): void {
  const payload = payloadOf(message)
  const { kid, signature } = readCose(message)
  const key = asPublicKey(publicKey)
  if (!equalBytes(kid, keyIdOf(key)))
    throw new CodedError('bad_signature', 'device message: expected one signed by this key')
  verifyP256({ publicKey: key, message: sigStructure(kid, payload), signature })
}
