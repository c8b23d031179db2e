import { webcrypto } from 'node:crypto'
import { toBase64url, toHex } from '../../../shared/bytes.ts'
import { signedBytes, type Reading, type UnsignedReading } from '../../../shared/reading/index.ts'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' }

/** A P-256 key as a secure element holds it. */
export async function newKey() {
  const pair = await webcrypto.subtle.generateKey(P256, false, ['sign', 'verify'])
  const point = new Uint8Array(await webcrypto.subtle.exportKey('raw', pair.publicKey))
  return {
    publicKey: toHex(point),
    sign: async (message: Uint8Array) =>
      toBase64url(
        new Uint8Array(
          await webcrypto.subtle.sign(SIGNING, pair.privateKey, new Uint8Array(message)),
        ),
      ),
  }
}
export type Key = Awaited<ReturnType<typeof newKey>>

export const signed = async (key: Key, reading: UnsignedReading): Promise<Reading> => ({
  ...reading,
  device_signature: await key.sign(signedBytes(reading)),
})
