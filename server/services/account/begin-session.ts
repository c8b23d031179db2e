import type { AccountRow } from '../../models/index.ts'
import type { SessionLevel } from '../../models/session.ts'
import { wrongPassword } from './confirm-password.ts'
import type { Deps } from '../deps.ts'

/** Where a request comes from. */
export interface Origin {
  address: string | null
  /** `networkOf` the address. */
  network: string | null
  agent: string | null
}

const MAX_AGENT_CHARACTERS = 200

/**
 * Begins a session under an id nobody knew before; the one the browser came with, if any, ends. So a planted cookie never
 * becomes a signed-in one.
 */
export async function beginSession(
  { sessions }: Pick<Deps, 'sessions'>,
  accountId: string,
  level: SessionLevel,
  { network, agent }: Origin,
  previousId: string | undefined,
): Promise<string> {
  if (previousId !== undefined) await sessions.end(previousId)
  return sessions.begin(accountId, {
    ...{ level, network },
    agent: agent?.slice(0, MAX_AGENT_CHARACTERS) ?? null,
  })
}

/**
 * As `beginSession`, for who showed the password of this account: looked at again once the session is there, as another password
 * ends only the sessions it finds. Throws `wrong_credentials` where there is another by now, or the account was disabled.
 */
export async function beginSessionByPassword(
  deps: Pick<Deps, 'models' | 'sessions' | 'clock'>,
  { _id, password_hash }: Pick<AccountRow, '_id' | 'password_hash'>,
  level: SessionLevel,
  origin: Origin,
  previousId: string | undefined,
): Promise<string> {
  const id = await beginSession(deps, _id, level, origin, previousId)
  const stillCounts = { _id, password_hash, is_disabled: { $ne: true } }
  if (await deps.models.accounts.exists(stillCounts)) return id
  await deps.sessions.end(id)
  throw wrongPassword()
}
