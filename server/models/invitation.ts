import { Schema, type Connection } from 'mongoose'
import { ROLES, type Role } from '../../shared/account/role.ts'

/** A place kept for someone, until the link is used or too old. */
export interface InvitationRow {
  /** SHA-256 in hex of the token in the link. */
  _id: string
  /** Id of the account it becomes: a second use finds it taken. */
  account_id: string
  email: string
  name: string
  role: Role
  areas: string[]
  invited_by: string
  created_at: Date
  expires_at: Date
}

const schema = new Schema<InvitationRow>(
  {
    _id: { type: String, required: true },
    account_id: { type: String, required: true },
    email: { type: String, required: true },
    name: { type: String, required: true },
    role: { type: String, required: true, enum: ROLES },
    areas: { type: [String], required: true },
    invited_by: { type: String, required: true },
    created_at: { type: Date, required: true },
    expires_at: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ expires_at: 1 }, { expireAfterSeconds: 0 })
// Whose an invitation is, and what it becomes.
schema.index({ email: 1 })
schema.index({ account_id: 1 })

export const invitationModel = (connection: Connection) =>
  connection.model<InvitationRow>('Invitation', schema, 'invitations')
