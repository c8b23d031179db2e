import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Keeps personal data unreadable to whoever has the database but not the key. */
export interface Vault {
  /** Seals bytes for one purpose: opened for another they are refused. */
  seal(purpose: string, plain: Uint8Array): Buffer
  /** Opens what `seal` made for the same purpose. Throws when a byte of it, the purpose or the key is another. */
  open(purpose: string, sealed: Uint8Array): Buffer
  /** A secret in hex for this use, always the same: what is signed with it by one instance holds at every other. */
  secretFor(use: string): string
}

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
/** NIST SP 800-38D §8.2.2: random, 96 bits. */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** A vault with AES-256-GCM; its keys follow from one of 32 bytes in hex by HKDF-SHA-256. */
export function vault(keyHex: string): Vault {
  const master = Buffer.from(keyHex, 'hex')
  const derived = (use: string) =>
    Buffer.from(hkdfSync('sha256', master, '', `gridwitness ${use}`, KEY_BYTES))
  const key = derived('personal data')
  return {
    seal(purpose, plain) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(purpose))
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    },
    open(purpose, sealed) {
      const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(-TAG_BYTES))
      const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES))
      return Buffer.concat([plain, decipher.final()])
    },
    secretFor: (use) => createHmac('sha256', derived('secrets')).update(use).digest('hex'),
  }
}
