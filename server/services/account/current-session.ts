import type { Session } from '../../adapters/sessions.ts'
import type { AccountRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

export interface CurrentSession {
  session: Session
  account: AccountRow
}

/** The session a cookie names, with its account as it stands now; null when it has ended, whoever ended it. */
export async function currentSession(
  { sessions, models }: Pick<Deps, 'sessions' | 'models'>,
  sessionId: string,
): Promise<CurrentSession | null> {
  const session = await sessions.find(sessionId)
  if (!session) return null
  const account = await models.accounts.findById(session.account_id).lean()
  return account && { session, account }
}

/** An administrator does nothing before there is a second factor. */
export const mustEnrolTotp = ({ role, totp }: Pick<AccountRow, 'role' | 'totp'>): boolean =>
  role === 'admin' && totp === null
