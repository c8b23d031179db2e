import type { Account, Who } from '../../../shared/api/accounts.ts'
import type { AccountRow } from '../../models/index.ts'
import { pseudonymOf } from './actor.ts'
import { mustEnrolTotp, type CurrentSession } from './current-session.ts'

/** What its owner sees of an account. */
const asAccount = (row: AccountRow): Account => ({
  account_id: row._id,
  email: row.email,
  name: row.name,
  role: row.role,
  areas: row.areas,
  pseudonym: pseudonymOf(row),
  has_second_factor: row.totp !== null,
  recovery_codes_left: row.recovery_codes.length,
})

/** `GET /session`: who is signed in, and what is missing yet. */
export function describeWho(current: CurrentSession | null): Who {
  if (!current) return { state: 'signed_out', account: null }
  // Who has shown a password alone learns nothing about its account.
  if (current.session.level === 'password') return { state: 'second_factor', account: null }
  const state = mustEnrolTotp(current.account) ? 'set_up' : 'signed_in'
  return { state, account: asAccount(current.account) }
}
