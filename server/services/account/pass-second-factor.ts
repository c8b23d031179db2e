import { CodedError } from '../../../shared/coded-error.ts'
import type { AccountRow } from '../../models/index.ts'
import { personOf } from './actor.ts'
import { beginAttempt, forgetAttempts, type AttemptKey } from './attempts.ts'
import { beginSessionByPassword, type Origin } from './begin-session.ts'
import type { CurrentSession } from './current-session.ts'
import type { Deps } from '../deps.ts'
import { noteAction } from './note-action.ts'
import { hashOfRecoveryCode } from './recovery-codes.ts'
import { stepOfCode } from './totp.ts'

type FactorDeps = Pick<Deps, 'models' | 'clock' | 'sessions' | 'complaintDesk'>

const APP_CODE = /^\d{6}$/

/**
 * Ends a session that has shown its password and answers the id of the full one that takes its place. A code of the app is
 * taken once, a recovery code once for ever. Throws `wrong_code`, or a `LockedOutError` after too many.
 */
export async function passSecondFactor(
  deps: FactorDeps,
  { session, account }: CurrentSession,
  code: string,
  origin: Origin,
): Promise<string> {
  const key: AttemptKey = { kind: 'factor', of: account._id }
  const { network } = origin
  await beginAttempt(deps, key)
  const factor = APP_CODE.test(code) ? 'totp' : 'recovery_code'
  const isRight =
    factor === 'totp' ? await useTotp(deps, account, code) : await useRecovery(deps, account, code)
  const actor = personOf(account)
  if (!isRight) {
    await noteAction(deps, { actor, action: 'second_factor_failed', detail: { factor }, network })
    throw new CodedError(
      'wrong_code',
      'code: expected a code not used before, of the app or the list of recovery codes, got another',
    )
  }
  await forgetAttempts(deps, key)
  await noteAction(deps, { actor, action: 'signed_in', detail: { factor }, network })
  return beginSessionByPassword(deps, account, 'full', origin, session.id)
}

/** Compare-and-swap on the last step used: of two who send the same code, one is let in. */
async function useTotp(
  deps: FactorDeps,
  { _id, totp }: AccountRow,
  code: string,
): Promise<boolean> {
  const step = totp && stepOfCode(deps, _id, totp.secret, code)
  if (step === null) return false
  const { modifiedCount } = await deps.models.accounts.updateOne(
    { _id, 'totp.last_step': { $lt: step } },
    { $set: { 'totp.last_step': step } },
  )
  return modifiedCount === 1
}

async function useRecovery(deps: FactorDeps, { _id }: AccountRow, code: string): Promise<boolean> {
  const hash = hashOfRecoveryCode(code)
  const { modifiedCount } = await deps.models.accounts.updateOne(
    { _id, recovery_codes: hash },
    { $pull: { recovery_codes: hash } },
  )
  return modifiedCount === 1
}
