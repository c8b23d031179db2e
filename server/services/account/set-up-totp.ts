import { encodeQR } from 'qr'
import type { Totp } from '../../../shared/api/accounts.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { AccountRow } from '../../models/index.ts'
import { personOf } from './actor.ts'
import { beginAttempt, forgetAttempts, type AttemptKey } from './attempts.ts'
import { beginSession, type Origin } from './begin-session.ts'
import { confirmPassword } from './confirm-password.ts'
import type { CurrentSession } from './current-session.ts'
import type { Deps } from '../deps.ts'
import { noteAction } from './note-action.ts'
import { newRecoveryCodes } from './recovery-codes.ts'
import { newTotp, NO_STEP, stepOfCode } from './totp.ts'

type FactorDeps = Pick<Deps, 'models' | 'clock' | 'passwords' | 'sessions' | 'complaintDesk'>

/** Begins to set up an authenticator app; one in use stays in use until the new one is confirmed. Throws `wrong_credentials`. */
export async function beginTotp(
  deps: FactorDeps,
  account: AccountRow,
  password: string,
  { network }: Origin,
): Promise<Totp> {
  await confirmPassword(deps, account, password)
  const { sealed, secret, uri } = newTotp(deps, account)
  await noteAction(deps, { actor: personOf(account), action: 'totp_begun', network })
  await deps.models.accounts.updateOne(
    { _id: account._id },
    { $set: { totp_pending: { secret: sealed, last_step: NO_STEP } } },
  )
  return { secret, uri, qr: encodeQR(uri, 'svg') }
}

/**
 * Puts the app begun into use by its first code; other sessions end. Answers new recovery codes, which are shown only now,
 * and the id of the session that goes on. Throws `wrong_code`.
 */
export async function confirmTotp(
  deps: FactorDeps,
  { account, session }: CurrentSession,
  code: string,
  origin: Origin,
): Promise<{ recoveryCodes: string[]; sessionId: string }> {
  const { _id, totp_pending: pending } = account
  const key: AttemptKey = { kind: 'factor', of: _id }
  await beginAttempt(deps, key)
  const step = pending && stepOfCode(deps, _id, pending.secret, code)
  if (!pending || step === null) {
    throw new CodedError('wrong_code', 'code: expected the one the app shows now, got another')
  }
  await forgetAttempts(deps, key)
  const { shown, kept } = newRecoveryCodes()
  const { network } = origin
  await noteAction(deps, { actor: personOf(account), action: 'totp_confirmed', network })
  const { modifiedCount } = await deps.models.accounts.updateOne(
    { _id, 'totp_pending.secret': pending.secret },
    {
      $set: {
        totp: { secret: pending.secret, last_step: step },
        totp_pending: null,
        recovery_codes: kept,
      },
    },
  )
  if (modifiedCount === 0)
    throw new CodedError('wrong_code', 'code: expected the newest app set up, got one before it')
  await deps.sessions.endAll(_id)
  const sessionId = await beginSession(deps, _id, 'full', origin, session.id)
  return { recoveryCodes: shown, sessionId }
}

/** Takes the second factor away. Throws `wrong_credentials`, and `forbidden` for an administrator. */
export async function removeTotp(
  deps: FactorDeps,
  account: AccountRow,
  password: string,
  { network }: Origin,
): Promise<void> {
  if (account.role === 'admin') {
    throw new CodedError('forbidden', 'second factor: expected an administrator to keep one')
  }
  await confirmPassword(deps, account, password)
  await noteAction(deps, { actor: personOf(account), action: 'totp_removed', network })
  await deps.models.accounts.updateOne(
    { _id: account._id },
    { $set: { totp: null, totp_pending: null, recovery_codes: [] } },
  )
}

/** New recovery codes; those before are void. Throws `wrong_credentials`, and `forbidden` without a second factor. */
export async function renewRecoveryCodes(
  deps: FactorDeps,
  account: AccountRow,
  password: string,
  { network }: Origin,
): Promise<string[]> {
  if (!account.totp)
    throw new CodedError('forbidden', 'recovery codes: expected a second factor first, got none')
  await confirmPassword(deps, account, password)
  const { shown, kept } = newRecoveryCodes()
  await noteAction(deps, { actor: personOf(account), action: 'recovery_codes_made', network })
  await deps.models.accounts.updateOne({ _id: account._id }, { $set: { recovery_codes: kept } })
  return shown
}
