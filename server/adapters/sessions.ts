import { createHash, randomBytes } from 'node:crypto'
import { toBase64url } from '../../shared/bytes.ts'
import type { Models } from '../models/index.ts'
import type { SessionRow } from '../models/session.ts'
import type { Clock } from './clock.ts'

/** A session nobody used for this long has ended; NIST SP 800-63B §2.2.3 asks for an hour at most. */
const IDLE_MS = 60 * 60_000
/** Once this much of it has passed, use prolongs it: not every request writes. */
const PROLONGED_AFTER_MS = IDLE_MS / 2
/** A session ends this long after signing in, however busy; the same section asks for 24 hours at most. */
const LONGEST_MS = 12 * 60 * 60_000
/** Time to find the phone with the authenticator app. */
const SECOND_FACTOR_MS = 10 * 60_000
/** NIST SP 800-63B §7.1 asks for 64 bits of entropy at least. */
const ID_BYTES = 25

/** A session with the id that its browser's cookie holds. */
export type Session = SessionRow & { id: string }

/** Sessions of accounts. What a cookie holds is random and is kept nowhere: a row is called by its hash. */
export interface Sessions {
  /** Begins one; answers the id for the cookie. */
  begin(accountId: string, facts: Pick<SessionRow, 'level' | 'network' | 'agent'>): Promise<string>
  /** The session of this id, prolonged by being used; null when it is over, or its account is gone or disabled. */
  find(id: string): Promise<Session | null>
  /** Those of an account, the newest first. */
  list(accountId: string): Promise<SessionRow[]>
  end(id: string): Promise<void>
  endAll(accountId: string): Promise<void>
}

/** Name of a session that may be shown to its owner: it opens nothing. */
export const sessionName = (sessionId: string): string =>
  createHash('sha256').update(sessionId).digest('hex')

export function sessions({ sessions: rows, accounts }: Models, clock: Clock): Sessions {
  const isOver = ({ level, created_at, expires_at }: SessionRow) => {
    const now = clock.now().getTime()
    const longestMs = level === 'full' ? LONGEST_MS : SECOND_FACTOR_MS
    return now >= expires_at.getTime() || now >= created_at.getTime() + longestMs
  }
  const idleEnd = () => new Date(clock.now().getTime() + IDLE_MS)
  return {
    async begin(accountId, { level, network, agent }) {
      const id = toBase64url(randomBytes(ID_BYTES))
      await rows.create({
        ...{ _id: sessionName(id), account_id: accountId, level, network, agent },
        ...{ created_at: clock.now(), expires_at: idleEnd() },
      })
      return id
    },
    async find(id) {
      const row = await rows.findById(sessionName(id)).lean()
      if (!row || isOver(row)) return null
      if (!(await accounts.exists({ _id: row.account_id, is_disabled: false }))) {
        await rows.deleteOne({ _id: row._id })
        return null
      }
      const leftMs = row.expires_at.getTime() - clock.now().getTime()
      if (leftMs > IDLE_MS - PROLONGED_AFTER_MS) return { ...row, id }
      const expires_at = idleEnd()
      await rows.updateOne({ _id: row._id }, { $set: { expires_at } })
      return { ...row, expires_at, id }
    },
    async list(accountId) {
      const found = await rows.find({ account_id: accountId }).sort({ created_at: -1 }).lean()
      return found.filter((row) => !isOver(row))
    },
    async end(id) {
      await rows.deleteOne({ _id: sessionName(id) })
    },
    async endAll(accountId) {
      await rows.deleteMany({ account_id: accountId })
    },
  }
}
