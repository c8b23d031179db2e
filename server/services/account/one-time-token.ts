import { createHash, randomBytes } from 'node:crypto'
import { toBase64url } from '../../../shared/bytes.ts'

const TOKEN_BYTES = 32

/** What is kept of the token in a one-time link: who reads the database cannot use it. */
export const hashOfOneTimeToken = (token: string): string =>
  createHash('sha256').update(token).digest('hex')

/** A token for a one-time link, and what is kept of it. */
export function newOneTimeToken(): { token: string; hash: string } {
  const token = toBase64url(randomBytes(TOKEN_BYTES))
  return { token, hash: hashOfOneTimeToken(token) }
}
