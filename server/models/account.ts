import { Schema, type Connection } from 'mongoose'
import { ROLES, type Role } from '../../shared/account/role.ts'

/** An authenticator app: its secret, sealed, and the last time step a code of it was used for. */
export interface TotpFields {
  /** base64url. */
  secret: string
  last_step: number
}

/** A way back for who cannot sign in any more: a one-time link, of which a hash is kept. */
export interface ResetFields {
  /** SHA-256 in hex of the token in the link. */
  hash: string
  expires_at: Date
}

/** Someone who may sign in. */
export interface AccountRow {
  _id: string
  /** In lower case; what one signs in with. */
  email: string
  name: string
  /** Four hex digits behind the role in the pseudonym; never given to another. */
  tag: string
  role: Role
  /** Areas an official acts in, with all that lie in them; empty for other roles. */
  areas: string[]
  is_disabled: boolean
  /** Argon2id in PHC format. */
  password_hash: string
  totp: TotpFields | null
  /** An app being set up, whose first code has not come yet. */
  totp_pending: TotpFields | null
  /** SHA-256 in hex of the recovery codes not used yet. */
  recovery_codes: string[]
  /** The newest way back; absent while there is none. */
  reset?: ResetFields
  created_at: Date
}

const totp = {
  type: new Schema<TotpFields>(
    { secret: { type: String, required: true }, last_step: { type: Number, required: true } },
    { _id: false },
  ),
  default: null,
}

const schema = new Schema<AccountRow>(
  {
    _id: { type: String, required: true },
    email: { type: String, required: true },
    name: { type: String, required: true },
    tag: { type: String, required: true },
    role: { type: String, required: true, enum: ROLES },
    areas: { type: [String], required: true },
    is_disabled: { type: Boolean, required: true },
    password_hash: { type: String, required: true },
    totp,
    totp_pending: totp,
    recovery_codes: { type: [String], required: true },
    reset: new Schema<ResetFields>(
      { hash: { type: String, required: true }, expires_at: { type: Date, required: true } },
      { _id: false },
    ),
    created_at: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ email: 1 }, { unique: true })
schema.index({ tag: 1 }, { unique: true })
schema.index({ created_at: -1, _id: -1 })
schema.index({ 'reset.hash': 1 }, { unique: true, sparse: true })

export const accountModel = (connection: Connection) =>
  connection.model<AccountRow>('Account', schema, 'accounts')
