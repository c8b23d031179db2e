import { Schema, type Connection } from 'mongoose'

/** What has been shown: the password alone, or all that the account asks for. */
export type SessionLevel = 'password' | 'full'

export interface SessionRow {
  /** SHA-256 in hex of what the cookie carries: who reads the database cannot use it. */
  _id: string
  account_id: string
  level: SessionLevel
  created_at: Date
  expires_at: Date
  /** Where it began, cut to /24 or /48. */
  network: string | null
  /** What the browser called itself, cut short. */
  agent: string | null
}

const schema = new Schema<SessionRow>(
  {
    _id: { type: String, required: true },
    account_id: { type: String, required: true },
    level: { type: String, required: true, enum: ['password', 'full'] },
    created_at: { type: Date, required: true },
    expires_at: { type: Date, required: true },
    network: { type: String, default: null },
    agent: { type: String, default: null },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ account_id: 1, created_at: -1 })
schema.index({ expires_at: 1 }, { expireAfterSeconds: 0 })

export const sessionModel = (connection: Connection) =>
  connection.model<SessionRow>('Session', schema, 'sessions')
