import { CodedError } from '../../../shared/coded-error.ts'
import { personOf } from './actor.ts'
import { beginAttempt, forgetAttempts, takeBackAttempt, type AttemptKey } from './attempts.ts'
import { beginSessionByPassword, type Origin } from './begin-session.ts'
import type { Deps } from '../deps.ts'
import { networkOf, subscriberOf } from './network.ts'
import { noteAction } from './note-action.ts'

type SignInDeps = Pick<Deps, 'models' | 'clock' | 'passwords' | 'sessions'>

export interface Credentials {
  email: string
  password: string
}

export const originFrom = (address: string | null, agent: string | null): Origin => ({
  address,
  network: networkOf(address),
  agent,
})

/**
 * Signs in by password and answers the id of a new session; where the account has a second factor, that session opens nothing
 * but the step that asks for it. An unknown name, a wrong password and a disabled account get the same answer
 * in the same time: `wrong_credentials`, or a `LockedOutError` after too many.
 */
export async function signIn(
  deps: SignInDeps,
  { email, password }: Credentials,
  origin: Origin,
  previousId: string | undefined,
): Promise<string> {
  const byAddress: AttemptKey = { kind: 'address', of: subscriberOf(origin.address) }
  const byAccount: AttemptKey = { kind: 'account', of: email }
  await beginAttempt(deps, byAddress)
  await beginAttempt(deps, byAccount)
  const account = await deps.models.accounts.findOne({ email }).lean()
  const isRight = await deps.passwords.matches(password, account?.password_hash ?? null)
  if (!account || !isRight || account.is_disabled) {
    const target = account?._id ?? null
    const { network } = origin
    await noteAction(deps, { actor: null, action: 'sign_in_failed', target, network })
    throw new CodedError(
      'wrong_credentials',
      'sign-in: expected the e-mail address and password of an account, got others',
    )
  }
  await forgetAttempts(deps, byAccount)
  await takeBackAttempt(deps, byAddress)
  if (account.totp) return beginSessionByPassword(deps, account, 'password', origin, previousId)
  await noteAction(deps, {
    actor: personOf(account),
    action: 'signed_in',
    detail: { factor: 'none' },
    network: origin.network,
  })
  return beginSessionByPassword(deps, account, 'full', origin, previousId)
}
