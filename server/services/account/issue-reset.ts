import type { OneTimeToken } from '../../../shared/api/accounts.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { Actor } from './actor.ts'
import type { Deps } from '../deps.ts'
import { noteAction } from './note-action.ts'
import { newOneTimeToken } from './one-time-token.ts'

/** Long enough to be handed over while both are there; what lies about longer opens an account to whoever finds it. */
const VALID_MS = 60 * 60_000

/**
 * Makes the token of a one-time link by which someone who lost password or second factor gets into their account again; one
 * made before is void. Until it is used, nothing about the account changes. Throws `not_found`, `account_conflict` for one
 * out of use, and `forbidden` for one's own.
 */
export async function issueReset(
  deps: Pick<Deps, 'models' | 'clock'>,
  email: string,
  actor: Actor,
  network: string | null,
): Promise<OneTimeToken> {
  const { accounts } = deps.models
  const account = await accounts.findOne({ email }, { is_disabled: 1 }).lean()
  if (!account) throw new CodedError('not_found', `email: expected one of an account, got ${email}`)
  const { _id, is_disabled } = account
  if (_id === actor.accountId)
    throw new CodedError('forbidden', 'account: expected that of someone else, got your own')
  if (is_disabled)
    throw new CodedError('account_conflict', 'account: expected one in use; put it back first')
  const { token, hash } = newOneTimeToken()
  const expires_at = new Date(deps.clock.now().getTime() + VALID_MS)
  await noteAction(deps, { actor, action: 'reset_issued', target: _id, network })
  await accounts.updateOne({ _id }, { $set: { reset: { hash, expires_at } } })
  return { token, expires_at: expires_at.toISOString() }
}
