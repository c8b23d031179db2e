import { publicKeyFromHex, type Signature } from '../../shared/bytes.ts'

/** Checks device signatures, fast: the hot path of ingest. Same verdicts as `verifyP256` in `shared`. */
export interface SignatureVerifier {
  /** Whether `signature` (raw r‖s) by the key (hex) is over `message`. A key that is no point of the curve signs nothing. */
  verify(publicKeyHex: string, message: Uint8Array, signature: Signature): Promise<boolean>
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
/** Imported keys kept ready; the one used longest ago leaves first. */
const MAX_CACHED_KEYS = 100_000

/** WebCrypto, on the thread pool of the process. */
export function webCryptoVerifier(): SignatureVerifier {
  const keys = new Map<string, Promise<CryptoKey>>()

  const keyOf = (publicKeyHex: string): Promise<CryptoKey> => {
    const key =
      keys.get(publicKeyHex) ??
      crypto.subtle.importKey(
        'raw',
        new Uint8Array(publicKeyFromHex(publicKeyHex)),
        ALGORITHM,
        false,
        ['verify'],
      )
    keys.delete(publicKeyHex)
    keys.set(publicKeyHex, key)
    const oldest = keys.size > MAX_CACHED_KEYS ? keys.keys().next().value : undefined
    if (oldest !== undefined) keys.delete(oldest)
    return key
  }

  return {
    async verify(publicKeyHex, message, signature) {
      const key = await keyOf(publicKeyHex).catch(() => null)
      if (!key) return false
      return crypto.subtle.verify(
        ALGORITHM,
        key,
        new Uint8Array(signature),
        new Uint8Array(message),
      )
    },
  }
}
