import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { publicKeyFromHex, type Signature } from '../../shared/bytes.ts'
import { derOfRaw } from './der-signature.ts'

/** Checks device signatures, fast: the hot path of ingest. Same verdicts as `verifyP256` in `shared`. */
export interface SignatureVerifier {
  /** Whether `signature` (raw r‖s) by the key (hex) is over `message`. A key that is no point of the curve signs nothing. */
  verify(publicKeyHex: string, message: Uint8Array, signature: Signature): Promise<boolean>
}

/** SubjectPublicKeyInfo of a P-256 key before its 65 bytes (RFC 5480). */
const SPKI_PREFIX = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex')
/** Imported keys kept ready; the one used longest ago leaves first. */
const MAX_CACHED_KEYS = 100_000

/** OpenSSL, on the thread pool of the process. */
export function opensslVerifier(): SignatureVerifier {
  const keys = new Map<string, KeyObject | null>()

  const keyOf = (publicKeyHex: string): KeyObject | null => {
    const known = keys.get(publicKeyHex)
    const key = known === undefined ? importKey(publicKeyHex) : known
    keys.delete(publicKeyHex)
    keys.set(publicKeyHex, key)
    const oldest = keys.size > MAX_CACHED_KEYS ? keys.keys().next().value : undefined
    if (oldest !== undefined) keys.delete(oldest)
    return key
  }

  return {
    verify(publicKeyHex, message, signature) {
      const key = keyOf(publicKeyHex)
      if (!key) return Promise.resolve(false)
      return new Promise((resolve, reject) => {
        verify('sha256', message, key, derOfRaw(signature), (error, holds) =>
          error ? reject(error) : resolve(holds),
        )
      })
    },
  }
}

/** Null where the bytes are no point of the curve. */
function importKey(publicKeyHex: string): KeyObject | null {
  const key = Buffer.concat([SPKI_PREFIX, publicKeyFromHex(publicKeyHex)])
  try {
    return createPublicKey({ key, format: 'der', type: 'spki' })
  } catch {
    return null
  }
}
