import { Secret, TOTP } from 'otpauth'
import { fromBase64url, toBase64url } from '../../../shared/bytes.ts'
import type { Deps } from '../deps.ts'
import type { AccountRow } from '../../models/index.ts'

const ISSUER = 'Gridwitness'
const PERIOD_S = 30
const DIGITS = 6
/** 160 bits, as RFC 4226 §4 recommends. */
const SECRET_BYTES = 20
/** One step either way for clocks that differ (RFC 6238 §5.2). */
const WINDOW_STEPS = 1
const MS_PER_STEP = PERIOD_S * 1000
/** Below every step there is: no code was used yet. */
export const NO_STEP = -1

const totpOf = (secret: Secret, label: string) =>
  new TOTP({ issuer: ISSUER, label, secret, algorithm: 'SHA1', digits: DIGITS, period: PERIOD_S })

type Keeper = Pick<Deps, 'complaintDesk'>
const purposeOf = (accountId: string): string => `totp ${accountId}`

/** A new secret: sealed for the database, and as an authenticator app takes it. */
export function newTotp(
  { complaintDesk: { vault } }: Keeper,
  { _id, email }: Pick<AccountRow, '_id' | 'email'>,
): { sealed: string; secret: string; uri: string } {
  const secret = new Secret({ size: SECRET_BYTES })
  const sealed = toBase64url(vault.seal(purposeOf(_id), secret.bytes))
  return { sealed, secret: secret.base32, uri: totpOf(secret, email).toString() }
}

/** The time step for which a code is right, null for a wrong one. That it is newer than the last is for the caller to see. */
export function stepOfCode(
  { complaintDesk: { vault }, clock }: Keeper & Pick<Deps, 'clock'>,
  accountId: string,
  sealed: string,
  code: string,
): number | null {
  const bytes = Uint8Array.from(vault.open(purposeOf(accountId), fromBase64url(sealed)))
  const timestamp = clock.now().getTime()
  const delta = totpOf(new Secret({ buffer: bytes.buffer }), '').validate({
    token: code,
    timestamp,
    window: WINDOW_STEPS,
  })
  return delta === null ? null : Math.floor(timestamp / MS_PER_STEP) + delta
}
