import { Schema, type Connection } from 'mongoose'

/** Failed tries against one account, or from one address, and until when there may be no further one. */
export interface SignInAttemptRow {
  _id: string
  failures: number
  locked_until: Date
  expires_at: Date
}

const schema = new Schema<SignInAttemptRow>(
  {
    _id: { type: String, required: true },
    failures: { type: Number, required: true },
    locked_until: { type: Date, required: true },
    expires_at: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ expires_at: 1 }, { expireAfterSeconds: 0 })

export const signInAttemptModel = (connection: Connection) =>
  connection.model<SignInAttemptRow>('SignInAttempt', schema, 'sign_in_attempts')
