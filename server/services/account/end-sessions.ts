import type { SessionItem } from '../../../shared/api/accounts.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { sessionName } from '../../adapters/sessions.ts'
import { personOf } from './actor.ts'
import type { CurrentSession } from './current-session.ts'
import type { Deps } from '../deps.ts'
import { noteAction } from './note-action.ts'

type SessionDeps = Pick<Deps, 'models' | 'clock' | 'sessions'>

/** The sessions of whoever asks, the newest first. */
export async function listSessions(
  { sessions }: Pick<Deps, 'sessions'>,
  { session: current, account }: CurrentSession,
): Promise<{ items: SessionItem[] }> {
  const found = await sessions.list(account._id)
  const items = found.map(({ _id, created_at, expires_at, network, agent }) => ({
    session_id: _id,
    created_at: created_at.toISOString(),
    expires_at: expires_at.toISOString(),
    network,
    agent,
    is_current: _id === sessionName(current.id),
  }))
  return { items }
}

/** Ends one session of whoever asks, by the name it is listed under. Throws `not_found`. */
export async function revokeSession(
  deps: SessionDeps,
  { account }: CurrentSession,
  name: string,
  network: string | null,
): Promise<void> {
  const row = { _id: name, account_id: account._id }
  if (!(await deps.models.sessions.exists(row)))
    throw new CodedError('not_found', `session: none of yours with id ${name}`)
  await noteAction(deps, { actor: personOf(account), action: 'session_revoked', network })
  await deps.models.sessions.deleteOne(row)
}

/** Ends the session at hand, whatever its level. */
export async function signOut(
  deps: SessionDeps,
  { session, account }: CurrentSession,
  network: string | null,
): Promise<void> {
  await noteAction(deps, { actor: personOf(account), action: 'signed_out', network })
  await deps.sessions.end(session.id)
}

/** Ends every session of whoever asks, this one too. */
export async function signOutEverywhere(
  deps: SessionDeps,
  { account }: CurrentSession,
  network: string | null,
): Promise<void> {
  await noteAction(deps, { actor: personOf(account), action: 'signed_out_everywhere', network })
  await deps.sessions.endAll(account._id)
}
