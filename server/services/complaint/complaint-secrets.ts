import { createHash, randomBytes } from 'node:crypto'
import { toBase64url, toHex } from '../../../shared/bytes.ts'
import { commit, SALT_BYTES } from '../../../shared/commitment/index.ts'
import type { Committed } from '../../../shared/complaint/index.ts'
import type { ComplaintSecret } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

/** Personal values: committed to in the ledger, kept sealed beside it; docs/formats/complaint.md, "What is personal". */

const TOKEN_BYTES = 32

export interface OpenedSecret {
  n: number
  name: Committed
  commitment: string
  salt: string
  value: string
}

const purposeOf = (complaintId: string, { n, name }: Pick<ComplaintSecret, 'n' | 'name'>) =>
  `${complaintId}/${n}/${name}`

/** Commits to a value and seals it with its salt. */
export function sealSecret(
  { complaintDesk }: Pick<Deps, 'complaintDesk'>,
  complaintId: string,
  stated: Pick<ComplaintSecret, 'n' | 'name' | 'owner'> & { value: string },
): ComplaintSecret {
  const { value, ...secret } = stated
  const salt = randomBytes(SALT_BYTES)
  const opening = JSON.stringify([toBase64url(salt), value])
  return {
    ...secret,
    commitment: toHex(commit(salt, value)),
    sealed: complaintDesk.vault.seal(purposeOf(complaintId, secret), Buffer.from(opening)),
  }
}

/** Opens what was sealed; with salt and value its owner can prove what was handed in. */
export function openSecret(
  { complaintDesk }: Pick<Deps, 'complaintDesk'>,
  complaintId: string,
  secret: ComplaintSecret,
): OpenedSecret {
  const { n, name, commitment } = secret
  // Lean rows hold the driver's own Binary where a member is untyped.
  const sealed = bytesOf(secret.sealed)
  const opening: unknown = JSON.parse(
    complaintDesk.vault.open(purposeOf(complaintId, secret), sealed).toString('utf8'),
  )
  const [salt, value] = Array.isArray(opening) ? opening : []
  if (typeof salt !== 'string' || typeof value !== 'string')
    throw new Error(`complaint ${complaintId}: ${name} of event ${n} is no sealed value`)
  return { n, name, commitment, salt, value }
}

/** Bytes as a lean query answers them: a Buffer, or the driver's Binary around one. */
export const bytesOf = (stored: Buffer | { buffer: Uint8Array }): Uint8Array =>
  Buffer.isBuffer(stored) ? stored : new Uint8Array(stored.buffer)

/** A secret link's token, and what is kept of it. */
export function newToken(): { token: string; hash: string } {
  const token = toBase64url(randomBytes(TOKEN_BYTES))
  return { token, hash: hashOfToken(token) }
}

export const hashOfToken = (token: string): string =>
  createHash('sha256').update(token).digest('hex')
