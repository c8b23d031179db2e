import { randomBytes } from 'node:crypto'
import { mongo } from 'mongoose'
import { expectGoodPassword } from '../../../shared/account/password.ts'
import type { Invitation } from '../../../shared/api/accounts.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { InvitationRow } from '../../models/index.ts'
import { personOf } from './actor.ts'
import { beginSession, type Origin } from './begin-session.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'
import { noteAction } from './note-action.ts'
import { hashOfOneTimeToken } from './one-time-token.ts'

const TAG_BYTES = 2

type InvitationDeps = Pick<Deps, 'models' | 'clock'>

/** What the invited person sees behind the link. Throws `not_found` for one used, too old or never given. */
export async function findInvitation(deps: InvitationDeps, token: string): Promise<Invitation> {
  const { email, name, role, expires_at } = await openInvitation(deps, token)
  return { email, name, role, expires_at: expires_at.toISOString() }
}

/**
 * Makes the account an invitation holds, once, and signs it in; answers the id of the session. The account's id is the
 * invitation's: of two who accept, or one that comes again after a crash, the second finds it taken. Throws `not_found`,
 * `weak_password`, and `account_conflict` where the address got an account another way.
 */
export async function acceptInvitation(
  deps: InvitationDeps & Pick<Deps, 'passwords' | 'sessions'>,
  token: string,
  password: string,
  origin: Origin,
  previousId: string | undefined,
): Promise<string> {
  const invitation = await openInvitation(deps, token)
  const { _id, account_id, email, name, role, areas } = invitation
  expectGoodPassword(password, [email, name])
  const account = {
    _id: account_id,
    ...{ email, name, role, areas },
    is_disabled: false,
    password_hash: await deps.passwords.hash(password),
    totp: null,
    totp_pending: null,
    recovery_codes: [],
    created_at: deps.clock.now(),
  }
  const { network } = origin
  await noteAction(deps, {
    actor: null,
    action: 'invitation_accepted',
    target: account_id,
    network,
  })
  const tag = await insertWithTag(deps, account)
  await deps.models.invitations.deleteOne({ _id })
  if (tag === null) throw notFound()
  await noteAction(deps, {
    actor: personOf({ ...account, tag }),
    action: 'signed_in',
    detail: { factor: 'invitation' },
    network,
  })
  return beginSession(deps, account_id, 'full', origin, previousId)
}

async function openInvitation(
  { models, clock }: InvitationDeps,
  token: string,
): Promise<InvitationRow> {
  const row = await models.invitations.findById(hashOfOneTimeToken(token)).lean()
  if (
    !row ||
    row.expires_at <= clock.now() ||
    (await models.accounts.exists({ _id: row.account_id }))
  )
    throw notFound()
  return row
}

const notFound = () =>
  new CodedError('not_found', 'invitation: expected one that is neither used nor too old, got none')

/** Inserts the account under a tag nobody has; answers it, or null where the account is there already. */
async function insertWithTag(
  { models }: Pick<Deps, 'models'>,
  account: Omit<Parameters<typeof personOf>[0], 'tag'> & { email: string },
): Promise<string | null> {
  for (;;) {
    const tag = randomBytes(TAG_BYTES).toString('hex')
    try {
      await models.accounts.create({ ...account, tag })
      return tag
    } catch (error) {
      const taken = isDuplicateKey(error) ? takenMember(error) : undefined
      if (taken === '_id') return null
      if (taken === 'email') {
        throw new CodedError(
          'account_conflict',
          'invitation: expected an address without account, got one that has it by now',
        )
      }
      if (taken !== 'tag') throw error
    }
  }
}

/** Member whose value another row has. */
const takenMember = (error: unknown): string | undefined =>
  error instanceof mongo.MongoServerError
    ? Object.keys(Object(error['keyPattern'])).at(0)
    : undefined
