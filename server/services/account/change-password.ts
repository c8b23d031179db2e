import { expectGoodPassword } from '../../../shared/account/password.ts'
import { personOf } from './actor.ts'
import { beginSession, type Origin } from './begin-session.ts'
import { confirmPassword, wrongPassword } from './confirm-password.ts'
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
  // Before, as a process may die after the change; and after, as who knew the password may have come in between.
  await deps.sessions.endAll(account._id)
  const before = { _id: account._id, password_hash: account.password_hash }
  const { modifiedCount } = await deps.models.accounts.updateOne(before, {
    $set: { password_hash },
  })
  if (modifiedCount === 0) throw wrongPassword()
  await deps.sessions.endAll(account._id)
  return beginSession(deps, account._id, 'full', origin, session.id)
}
