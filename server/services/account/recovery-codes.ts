import { createHash, randomBytes } from 'node:crypto'
import { base32 } from 'multiformats/bases/base32'

const CODES = 10
/** 120 bits: what has 112 or more may be kept by a plain hash (NIST SP 800-63B §3.1.2.2). */
const CODE_BYTES = 15
const GROUP = /.{4}(?=.)/g

export const hashOfRecoveryCode = (code: string): string =>
  createHash('sha256').update(code).digest('hex')

/** New codes in groups of four for their owner, and what is kept of them. */
export function newRecoveryCodes(): { shown: string[]; kept: string[] } {
  const codes = Array.from({ length: CODES }, () =>
    base32.baseEncode(randomBytes(CODE_BYTES)).toUpperCase(),
  )
  return {
    shown: codes.map((code) => code.replaceAll(GROUP, '$&-')),
    kept: codes.map(hashOfRecoveryCode),
  }
}
