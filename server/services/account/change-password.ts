import { expectGoodPassword } from '../../../shared/account/password.ts'
import { personOf } from './actor.ts'
import { beginSession, type Origin } from './begin-session.ts'
import { confirmPassword } from './confirm-password.ts'
import type { CurrentSession } from './current-session.ts'
import type { Deps } from '../deps.ts'
import { noteAction } from './note-action.ts'

/**
 * Gives an account another password and ends all its sessions; answers the id of the one that goes on. Throws
 * `wrong_credentials` and `weak_password`.
 */
export async function changePassword(
  deps: Pick<Deps, 'models' | 'clock' | 'passwords' | 'sessions'>,
  { account, session }: CurrentSession,
  { password, new_password }: { password: string; new_password: string },
  origin: Origin,
): Promise<string> {
  await confirmPassword(deps, account, password)
  expectGoodPassword(new_password, [account.email, account.name])
  const password_hash = await deps.passwords.hash(new_password)
  const { network } = origin
  await noteAction(deps, { actor: personOf(account), action: 'password_changed', network })
  await deps.models.accounts.updateOne({ _id: account._id }, { $set: { password_hash } })
  await deps.sessions.invalidateUserSessions(account._id)
  return beginSession(deps, account._id, 'full', origin, session.id)
}
