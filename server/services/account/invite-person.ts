import { randomBytes } from 'node:crypto'
import { base32 } from 'multiformats/bases/base32'
import type { OneTimeToken, PersonInvitation } from '../../../shared/api/accounts.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { Actor } from './actor.ts'
import type { Deps } from '../deps.ts'
import { noteAction } from './note-action.ts'
import { newOneTimeToken } from './one-time-token.ts'

const ACCOUNT_ID_BYTES = 10
const VALID_MS = 72 * 60 * 60_000

/** Throws `unknown_area` unless every area exists. */
export async function expectAreas(
  { models }: Pick<Deps, 'models'>,
  areas: readonly string[],
): Promise<void> {
  const found = await models.areas.find({ _id: { $in: areas } }, { _id: 1 }).lean()
  const missing = areas.find((id) => !found.some(({ _id }) => _id === id))
  if (missing !== undefined) {
    throw new CodedError('unknown_area', `areas: expected areas of this portal, got ${missing}`)
  }
}

/**
 * Keeps a place for someone and answers the token of the one-time link, of which only a hash stays here; links the address
 * got before are void. Throws `unknown_area`, and `account_conflict` where the address has an account.
 */
export async function invitePerson(
  deps: Pick<Deps, 'models' | 'clock'>,
  invitation: PersonInvitation,
  actor: Actor,
  network: string | null,
): Promise<OneTimeToken> {
  const { email, role, areas } = invitation
  await expectAreas(deps, areas)
  if (await deps.models.accounts.exists({ email }))
    throw new CodedError('account_conflict', `email: expected one without account, got ${email}`)
  const { token, hash } = newOneTimeToken()
  const account_id = `a-${base32.baseEncode(randomBytes(ACCOUNT_ID_BYTES))}`
  const now = deps.clock.now()
  const expires_at = new Date(now.getTime() + VALID_MS)
  const detail = { role, areas: areas.join(' ') }
  await noteAction(deps, { actor, action: 'person_invited', target: account_id, detail, network })
  await deps.models.invitations.deleteMany({ email })
  await deps.models.invitations.create({
    _id: hash,
    account_id,
    ...invitation,
    invited_by: actor.pseudonym,
    created_at: now,
    expires_at,
  })
  return { token, expires_at: expires_at.toISOString() }
}

/** Makes an invitation void before it is used. Throws `not_found` for one used, too old or never given. */
export async function withdrawInvitation(
  deps: Pick<Deps, 'models' | 'clock'>,
  accountId: string,
  actor: Actor,
  network: string | null,
): Promise<void> {
  const { invitations } = deps.models
  const open = { account_id: accountId, expires_at: { $gt: deps.clock.now() } }
  if (!(await invitations.exists(open)))
    throw new CodedError('not_found', `invitation: expected an open one, got ${accountId}`)
  await noteAction(deps, { actor, action: 'invitation_withdrawn', target: accountId, network })
  await invitations.deleteOne(open)
}
