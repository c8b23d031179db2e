import { Schema, type Connection } from 'mongoose'

/** A proof of work that was taken: inserting it is what makes it good for one request, whichever instance it comes to. */
export interface UsedChallengeRow {
  /** Nonce of the challenge. */
  _id: string
  /** When the challenge has run out by itself, and this may be forgotten. */
  expires_at: Date
}

const schema = new Schema<UsedChallengeRow>(
  { _id: { type: String, required: true }, expires_at: { type: Date, required: true } },
  { versionKey: false, autoIndex: false },
)

schema.index({ expires_at: 1 }, { expireAfterSeconds: 0 })

export const usedChallengeModel = (connection: Connection) =>
  connection.model<UsedChallengeRow>('UsedChallenge', schema, 'used_challenges')
