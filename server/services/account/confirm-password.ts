import { CodedError } from '../../../shared/coded-error.ts'
import type { AccountRow } from '../../models/index.ts'
import { beginAttempt, forgetAttempts, type AttemptKey } from './attempts.ts'
import type { Deps } from '../deps.ts'

/**
 * Asks whoever is signed in for the password again, before what a found open browser must not do. Counts with the tries of
 * signing in. Throws `wrong_credentials`, or a `LockedOutError`.
 */
export async function confirmPassword(
  deps: Pick<Deps, 'models' | 'clock' | 'passwords'>,
  { email, password_hash }: Pick<AccountRow, 'email' | 'password_hash'>,
  password: string,
): Promise<void> {
  const key: AttemptKey = { kind: 'account', of: email }
  await beginAttempt(deps, key)
  if (!(await deps.passwords.matches(password, password_hash))) throw wrongPassword()
  await forgetAttempts(deps, key)
}

export const wrongPassword = () =>
  new CodedError('wrong_credentials', 'password: expected the present one, got another')
