import { expectGoodPassword } from '../../../shared/account/password.ts'
import type { Reset } from '../../../shared/api/accounts.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { AccountRow, ResetFields } from '../../models/index.ts'
import { personOf } from './actor.ts'
import { forgetAttempts } from './attempts.ts'
import { beginSession, type Origin } from './begin-session.ts'
import type { Deps } from '../deps.ts'
import { noteAction } from './note-action.ts'
import { hashOfOneTimeToken } from './one-time-token.ts'

type ResetDeps = Pick<Deps, 'models' | 'clock'>

/** Whose way back a link is. Throws `not_found` for one used, too old, replaced or never given. */
export async function findReset(deps: ResetDeps, token: string): Promise<Reset> {
  const { account, reset } = await openReset(deps, token)
  const { email, name } = account
  return { email, name, expires_at: reset.expires_at.toISOString() }
}

/**
 * Gives the account a new password and takes its second factor away, once; all its sessions end, and a new one begins, whose id
 * is answered. Throws `not_found` and `weak_password`.
 */
export async function useReset(
  deps: ResetDeps & Pick<Deps, 'passwords' | 'sessions'>,
  token: string,
  password: string,
  origin: Origin,
  previousId: string | undefined,
): Promise<string> {
  const { account, reset } = await openReset(deps, token)
  const { _id, email, name } = account
  expectGoodPassword(password, [email, name])
  const password_hash = await deps.passwords.hash(password)
  const { network } = origin
  await noteAction(deps, { actor: null, action: 'reset_used', target: _id, network })
  // Before, as a process may die after the change; and after, as who knew the password may have come in between.
  await deps.sessions.endAll(_id)
  const { modifiedCount } = await deps.models.accounts.updateOne(
    { _id, 'reset.hash': reset.hash, is_disabled: false },
    {
      $set: { password_hash, totp: null, totp_pending: null, recovery_codes: [] },
      $unset: { reset: 1 },
    },
  )
  if (modifiedCount === 0) throw notFound()
  await deps.sessions.endAll(_id)
  await forgetAttempts(deps, { kind: 'account', of: email })
  await forgetAttempts(deps, { kind: 'factor', of: _id })
  await noteAction(deps, {
    actor: personOf(account),
    action: 'signed_in',
    detail: { factor: 'reset' },
    network,
  })
  return beginSession(deps, _id, 'full', origin, previousId)
}

async function openReset(
  { models, clock }: ResetDeps,
  token: string,
): Promise<{ account: AccountRow; reset: ResetFields }> {
  const account = await models.accounts.findOne({ 'reset.hash': hashOfOneTimeToken(token) }).lean()
  const reset = account?.reset
  if (!account || !reset || account.is_disabled || reset.expires_at <= clock.now()) throw notFound()
  return { account, reset }
}

const notFound = () =>
  new CodedError('not_found', 'reset: expected a link that is neither used nor too old, got none')
