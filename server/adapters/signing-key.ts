import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { toBase64url, toHex } from '../../shared/bytes.ts'
import { rawOfDer } from './der-signature.ts'

/** The portal's own P-256 key. Signing never fails and never waits for anything outside the process. */
export interface SigningKey {
  /** 65 bytes 04‖X‖Y in hex. */
  readonly publicKey: string
  /** ECDSA over SHA-256, 64 raw bytes r‖s in base64url. */
  sign(message: Uint8Array): Promise<string>
}

/** PKCS#8 DER of a P-256 private scalar, before and after the 32 bytes (RFC 5915, RFC 5208). */
const PKCS8_PREFIX = Buffer.from(
  '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420',
  'hex',
)

/** A signing key from its private scalar, 32 bytes in hex, on the thread pool of the process. Throws when it is no scalar of the group. */
export function signingKey(privateKeyHex: string): SigningKey {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, Buffer.from(privateKeyHex, 'hex')]),
    format: 'der',
    type: 'pkcs8',
  })
  return {
    publicKey: publicKeyHex(key),
    sign: (message) =>
      new Promise((resolve, reject) => {
        sign('sha256', message, key, (error, der) =>
          error ? reject(error) : resolve(toBase64url(rawOfDer(der))),
        )
      }),
  }
}

function publicKeyHex(key: KeyObject): string {
  const { x, y } = createPublicKey(key).export({ format: 'jwk' })
  if (!x || !y) throw new Error('expected a P-256 key')
  return `04${toHex(Buffer.from(x, 'base64url'))}${toHex(Buffer.from(y, 'base64url'))}`
}
