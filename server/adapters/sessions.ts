import { createHash } from 'node:crypto'
import { Lucia, TimeSpan, type Adapter, type DatabaseSession } from 'lucia'
import type { Models } from '../models/index.ts'
import type { SessionLevel, SessionRow } from '../models/session.ts'
import type { Clock } from './clock.ts'

/** A session nobody used for this long has ended; NIST SP 800-63B §2.2.3 asks for an hour at most. */
const IDLE_MINUTES = 60
const IDLE_MS = IDLE_MINUTES * 60_000
/** A session ends this long after signing in, however busy; the same section asks for 24 hours at most. */
const LONGEST_MS = 12 * 60 * 60_000
/** Time to find the phone with the authenticator app. */
const SECOND_FACTOR_MS = 10 * 60_000

export interface SessionAttributes {
  level: SessionLevel
  created_at: Date
  network: string | null
  agent: string | null
}

declare module 'lucia' {
  interface Register {
    Lucia: Sessions
    DatabaseSessionAttributes: SessionAttributes
  }
}

/** Sessions by Lucia. Their ids are 25 random bytes; what is stored, and what `listed` ones are called by, is a hash. */
export type Sessions = Lucia<SessionAttributes>

export const sessions = (models: Models, clock: Clock): Sessions =>
  new Lucia(mongooseAdapter(models, clock), {
    sessionExpiresIn: new TimeSpan(IDLE_MINUTES, 'm'),
    getSessionAttributes: ({ level, created_at, network, agent }) => ({
      level,
      created_at,
      network,
      agent,
    }),
  })

/** Name of a session that may be shown to its owner: it opens nothing. */
export const sessionName = (sessionId: string): string =>
  createHash('sha256').update(sessionId).digest('hex')

/**
 * Lucia's adapter on Mongoose. A session is found only while its account exists and is not disabled, so that taking away
 * either ends it at once. Times are by our clock, which Lucia does not know; it decides no more than when to prolong.
 */
function mongooseAdapter({ sessions: rows, accounts }: Models, clock: Clock): Adapter {
  const isOver = ({ level, created_at, expires_at }: SessionRow) => {
    const now = clock.now().getTime()
    const longestMs = level === 'full' ? LONGEST_MS : SECOND_FACTOR_MS
    return now >= expires_at.getTime() || now >= created_at.getTime() + longestMs
  }
  const idleEnd = () => new Date(clock.now().getTime() + IDLE_MS)
  return {
    async getSessionAndUser(id) {
      const row = await rows.findById(sessionName(id)).lean()
      if (!row || isOver(row)) return [null, null]
      const account = await accounts.exists({ _id: row.account_id, is_disabled: false })
      return [{ ...asSession(row), id }, account && { id: row.account_id, attributes: {} }]
    },
    async getUserSessions(accountId) {
      const found = await rows.find({ account_id: accountId }).sort({ created_at: -1 }).lean()
      return found.filter((row) => !isOver(row)).map(asSession)
    },
    async setSession({ id, userId, attributes }) {
      const _id = sessionName(id)
      await rows.create({ _id, account_id: userId, expires_at: idleEnd(), ...attributes })
    },
    async updateSessionExpiration(id) {
      await rows.updateOne({ _id: sessionName(id) }, { $set: { expires_at: idleEnd() } })
    },
    async deleteSession(id) {
      await rows.deleteOne({ _id: sessionName(id) })
    },
    async deleteUserSessions(accountId) {
      await rows.deleteMany({ account_id: accountId })
    },
    async deleteExpiredSessions() {
      await rows.deleteMany({ expires_at: { $lte: clock.now() } })
    },
  }
}

const asSession = ({ _id, account_id, expires_at, ...row }: SessionRow): DatabaseSession => ({
  id: _id,
  userId: account_id,
  expiresAt: expires_at,
  attributes: {
    level: row.level,
    created_at: row.created_at,
    network: row.network,
    agent: row.agent,
  },
})
