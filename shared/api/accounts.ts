import { z } from 'zod'
import { accountIdField, pseudonymField, roleField } from '../account/role.ts'
import { actionSchema } from '../action-log/index.ts'
import { areaIdField, hashField, integerField, serverTimeField } from '../fields.ts'
import { pageOf, pageQuery } from './page.ts'

const MAX_AREAS = 200

const emailField = z
  .string()
  .max(254)
  .trim()
  .toLowerCase()
  .pipe(z.email('expected an e-mail address'))
const nameField = z.string().trim().min(1).max(100)
/** Bounded before it is hashed; what makes it good is said by `shared/account/password.ts`. */
const passwordField = z.string().min(1).max(1024)
/** Six digits of an app, or a recovery code; spaces and dashes are for reading. */
const codeField = z
  .string()
  .max(80)
  .transform((text) => text.replaceAll(/[\s-]/g, '').toUpperCase())
  .pipe(z.string().regex(/^(?:\d{6}|[A-Z2-7]{24})$/, 'expected 6 digits or a recovery code'))

export const signInRequestSchema = z.strictObject({
  email: z.string().max(254).trim().toLowerCase(),
  password: passwordField,
})
export const codeRequestSchema = z.strictObject({ code: codeField })
export const passwordRequestSchema = z.strictObject({ password: passwordField })
export const passwordChangeSchema = z.strictObject({
  password: passwordField,
  new_password: passwordField,
})

export const accountSchema = z.strictObject({
  account_id: accountIdField,
  email: z.string(),
  name: z.string(),
  role: roleField,
  areas: z.array(areaIdField),
  pseudonym: pseudonymField,
  has_second_factor: z.boolean(),
  recovery_codes_left: integerField(0),
})
export type Account = z.infer<typeof accountSchema>

/** `second_factor`: the password was right, a code is missing. `set_up`: nothing is open before a second factor is set up. */
export const whoSchema = z.strictObject({
  state: z.enum(['signed_out', 'second_factor', 'set_up', 'signed_in']),
  account: accountSchema.nullable(),
})
export type Who = z.infer<typeof whoSchema>

export const totpSchema = z.strictObject({
  /** Base32, for typing where no camera is. */
  secret: z.string(),
  /** `otpauth://` address. */
  uri: z.string(),
  /** The same as a picture: SVG. */
  qr: z.string(),
})
export type Totp = z.infer<typeof totpSchema>

/** Shown once. */
export const recoveryCodesSchema = z.strictObject({ recovery_codes: z.array(z.string()) })

export const sessionSchema = z.strictObject({
  session_id: hashField,
  created_at: serverTimeField,
  expires_at: serverTimeField,
  network: z.string().nullable(),
  agent: z.string().nullable(),
  is_current: z.boolean(),
})
export type SessionItem = z.infer<typeof sessionSchema>
export const sessionsSchema = z.strictObject({ items: z.array(sessionSchema) })

const placeFields = {
  role: roleField,
  /** Only officials have areas, and they need one. */
  areas: z.array(areaIdField).max(MAX_AREAS),
}
const hasFittingAreas = ({ role, areas }: { role: string; areas: string[] }): boolean =>
  (role === 'official') === areas.length > 0
const FITTING_AREAS = {
  error: 'expected at least one area for an official, none for others',
  path: ['areas'],
}

export const personInvitationSchema = z
  .strictObject({ email: emailField, name: nameField, ...placeFields })
  .refine(hasFittingAreas, FITTING_AREAS)
export type PersonInvitation = z.infer<typeof personInvitationSchema>

/** The token is in the link alone and cannot be had again. */
export const oneTimeLinkSchema = z.strictObject({
  token: z.string(),
  url: z.string(),
  expires_at: serverTimeField,
})
export type OneTimeLink = z.infer<typeof oneTimeLinkSchema>
export type OneTimeToken = Pick<OneTimeLink, 'token' | 'expires_at'>

/** Who lost password or second factor, by what they sign in with. */
export const resetRequestSchema = z.strictObject({ email: emailField })

export const personChangeSchema = z
  .strictObject({ ...placeFields, is_disabled: z.boolean() })
  .refine(hasFittingAreas, FITTING_AREAS)
export type PersonChange = z.infer<typeof personChangeSchema>

export const personSchema = accountSchema.omit({ recovery_codes_left: true }).extend({
  is_disabled: z.boolean(),
  created_at: serverTimeField,
})
export type PersonItem = z.infer<typeof personSchema>
export const pendingInvitationSchema = z.strictObject({
  /** Of the account it becomes. */
  account_id: accountIdField,
  email: z.string(),
  name: z.string(),
  ...placeFields,
  invited_by: pseudonymField,
  expires_at: serverTimeField,
})
export const peopleSchema = pageOf(personSchema).extend({
  /** Not accepted yet, the newest first; on every page. */
  invitations: z.array(pendingInvitationSchema),
})
export type People = z.infer<typeof peopleSchema>
export const peopleQuery = z.strictObject(pageQuery)

export const oneTimeTokenField = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'expected 43 of base64url')
export const invitationSchema = z.strictObject({
  email: z.string(),
  name: z.string(),
  role: roleField,
  expires_at: serverTimeField,
})
export type Invitation = z.infer<typeof invitationSchema>
export const resetSchema = invitationSchema.omit({ role: true })
export type Reset = z.infer<typeof resetSchema>

export const actionsQuery = z.strictObject(pageQuery)
export const actionsSchema = pageOf(actionSchema)
export type Actions = z.infer<typeof actionsSchema>
export const actionLogStateSchema = z.strictObject({
  count: integerField(0),
  /** Hash of the last entry. */
  hash: hashField,
  /** Null while the chain holds; else what was expected and found, at the first entry where it does not. */
  broken: z.string().nullable(),
})
export type ActionLogState = z.infer<typeof actionLogStateSchema>
