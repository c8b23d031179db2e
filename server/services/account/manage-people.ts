import type { People, PersonChange, PersonItem } from '../../../shared/api/accounts.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { AccountRow } from '../../models/index.ts'
import { pseudonymOf, type Actor } from './actor.ts'
import type { Deps } from '../deps.ts'
import { expectAreas } from './invite-person.ts'
import { noteAction } from './note-action.ts'
import { afterCursor, pageOf } from '../page.ts'

/** Invitations shown; nobody has more open ones within three days. */
const MAX_INVITATIONS = 200

const asPerson = (row: AccountRow): PersonItem => ({
  account_id: row._id,
  email: row.email,
  name: row.name,
  role: row.role,
  areas: row.areas,
  pseudonym: pseudonymOf(row),
  has_second_factor: row.totp !== null,
  is_disabled: row.is_disabled,
  created_at: row.created_at.toISOString(),
})

/** `GET /admin/people`: accounts, the newest first, and invitations that are open. */
export async function listPeople(
  { models, clock }: Pick<Deps, 'models' | 'clock'>,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<People> {
  const rows = await models.accounts
    .find(afterCursor('created_at', cursor))
    .sort({ created_at: -1, _id: -1 })
    .limit(limit + 1)
    .lean()
  const open = await models.invitations
    .find({ expires_at: { $gt: clock.now() } })
    .sort({ expires_at: -1 })
    .limit(MAX_INVITATIONS)
    .lean()
  const invitations = open.map(({ expires_at, ...row }) => ({
    ...{ account_id: row.account_id, email: row.email, name: row.name },
    ...{ role: row.role, areas: row.areas, invited_by: row.invited_by },
    expires_at: expires_at.toISOString(),
  }))
  const placeOf = ({ _id, created_at }: AccountRow) => ({ at: created_at, id: _id })
  return { ...pageOf(rows, limit, placeOf, asPerson), invitations }
}

/**
 * Gives someone a role and areas, or takes the account out of use, which ends its sessions. Nobody changes their own: so one
 * administrator is always left. Throws `not_found`, `unknown_area`, and `forbidden`.
 */
export async function changePerson(
  deps: Pick<Deps, 'models' | 'clock' | 'sessions'>,
  accountId: string,
  change: PersonChange,
  actor: Actor,
  network: string | null,
): Promise<PersonItem> {
  if (accountId === actor.accountId)
    throw new CodedError('forbidden', 'account: expected that of someone else, got your own')
  await expectAreas(deps, change.areas)
  if (!(await deps.models.accounts.exists({ _id: accountId })))
    throw new CodedError('not_found', `account: none with id ${accountId}`)
  const { role, areas, is_disabled } = change
  const detail = { role, areas: areas.join(' '), is_disabled: String(is_disabled) }
  await noteAction(deps, { actor, action: 'person_changed', target: accountId, detail, network })
  const row = await deps.models.accounts
    .findOneAndUpdate({ _id: accountId }, { $set: change }, { returnDocument: 'after' })
    .lean()
  if (!row) throw new CodedError('not_found', `account: none with id ${accountId}`)
  // A role is read anew at every request; the sessions begun under another end all the same.
  await deps.sessions.endAll(accountId)
  return asPerson(row)
}
