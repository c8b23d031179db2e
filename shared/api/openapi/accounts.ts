import { accountIdField } from '../../account/role.ts'
import { hashField } from '../../fields.ts'
import { actionsQuery, oneTimeTokenField, peopleQuery } from '../accounts.ts'
import { body, bytes, json, operation, read, type Paths } from './operation.ts'

const DONE = { 204: { description: 'Done' } }
const AWAY = 'store_unavailable'

/** Sign-in, one's own account, other people's, and the log of what all of them did. */
export const accountPaths: Paths = {
  '/api/v1/session': {
    get: operation({
      operationId: 'getSession',
      tag: 'accounts',
      summary: 'Who is signed in, and what is missing yet',
      answers: read('Signed in or not', 'Who'),
      problems: [AWAY],
    }),
    post: operation({
      operationId: 'signIn',
      tag: 'accounts',
      summary: 'Signs in by password; an account with a second factor is asked for it next',
      body: body('SignInRequest'),
      answers: { 200: json('The password was right', 'Who') },
      problems: ['wrong_credentials', 'wrong_origin', 'rate_limited', AWAY],
    }),
    delete: operation({
      operationId: 'signOut',
      tag: 'accounts',
      summary: 'Ends the session',
      answers: { 200: json('Signed out', 'Who') },
      problems: ['wrong_origin', AWAY],
    }),
  },
  '/api/v1/session/second-factor': {
    post: operation({
      operationId: 'passSecondFactor',
      tag: 'accounts',
      summary: 'Shows the second factor: a code of the app, or a recovery code',
      body: body('CodeRequest'),
      needsSession: true,
      answers: { 200: json('Signed in', 'Who') },
      problems: ['wrong_code', 'rate_limited', AWAY],
    }),
  },
  '/api/v1/account/password': {
    put: operation({
      operationId: 'changePassword',
      tag: 'accounts',
      summary: 'Changes the password and ends all other sessions',
      body: body('PasswordChange'),
      needsSession: true,
      answers: { 200: json('Changed', 'Who') },
      problems: ['wrong_credentials', 'weak_password', 'rate_limited', AWAY],
    }),
  },
  '/api/v1/account/totp': {
    post: operation({
      operationId: 'beginTotp',
      tag: 'accounts',
      summary: 'Begins to set up an authenticator app',
      body: body('PasswordRequest'),
      needsSession: true,
      answers: { 200: json('What the app takes, shown once', 'Totp') },
      problems: ['wrong_credentials', 'rate_limited', AWAY],
    }),
  },
  '/api/v1/account/totp/confirmation': {
    post: operation({
      operationId: 'confirmTotp',
      tag: 'accounts',
      summary: 'Puts the app into use by its first code and ends all other sessions',
      body: body('CodeRequest'),
      needsSession: true,
      answers: { 200: json('New recovery codes, shown once', 'RecoveryCodes') },
      problems: ['wrong_code', 'rate_limited', AWAY],
    }),
  },
  '/api/v1/account/totp/removal': {
    post: operation({
      operationId: 'removeTotp',
      tag: 'accounts',
      summary: 'Takes the second factor away; administrators keep theirs',
      body: body('PasswordRequest'),
      needsSession: true,
      answers: DONE,
      problems: ['wrong_credentials', 'rate_limited', AWAY],
    }),
  },
  '/api/v1/account/recovery-codes': {
    post: operation({
      operationId: 'renewRecoveryCodes',
      tag: 'accounts',
      summary: 'Makes new recovery codes; those before are void',
      body: body('PasswordRequest'),
      needsSession: true,
      answers: { 200: json('New recovery codes, shown once', 'RecoveryCodes') },
      problems: ['wrong_credentials', 'rate_limited', AWAY],
    }),
  },
  '/api/v1/account/sessions': {
    get: operation({
      operationId: 'listSessions',
      tag: 'accounts',
      summary: 'One’s own sessions',
      needsSession: true,
      answers: read('Sessions, the newest first', 'Sessions'),
      problems: [AWAY],
    }),
    delete: operation({
      operationId: 'signOutEverywhere',
      tag: 'accounts',
      summary: 'Ends all of one’s own sessions',
      needsSession: true,
      answers: DONE,
      problems: [AWAY],
    }),
  },
  '/api/v1/account/sessions/{sessionId}': {
    delete: operation({
      operationId: 'revokeSession',
      tag: 'accounts',
      summary: 'Ends one of one’s own sessions',
      params: { sessionId: hashField },
      needsSession: true,
      answers: DONE,
      problems: ['not_found', AWAY],
    }),
  },
  '/api/v1/invitations/{token}': {
    get: operation({
      operationId: 'getInvitation',
      tag: 'accounts',
      summary: 'What an invitation is for',
      params: { token: oneTimeTokenField },
      answers: read('It is open', 'Invitation'),
      problems: ['not_found', AWAY],
    }),
    post: operation({
      operationId: 'acceptInvitation',
      tag: 'accounts',
      summary: 'Makes the account, once, and signs in',
      params: { token: oneTimeTokenField },
      body: body('PasswordRequest'),
      answers: { 201: json('Made', 'Who') },
      problems: ['not_found', 'account_conflict', 'weak_password', 'wrong_origin', AWAY],
    }),
  },
  '/api/v1/resets/{token}': {
    get: operation({
      operationId: 'getReset',
      tag: 'accounts',
      summary: 'Whose way back into their account a link is',
      params: { token: oneTimeTokenField },
      answers: read('It is open', 'Reset'),
      problems: ['not_found', AWAY],
    }),
    post: operation({
      operationId: 'useReset',
      tag: 'accounts',
      summary:
        'Sets a new password, takes the second factor away, ends all sessions, once, and signs in',
      params: { token: oneTimeTokenField },
      body: body('PasswordRequest'),
      answers: { 200: json('Done', 'Who') },
      problems: ['not_found', 'weak_password', 'wrong_origin', AWAY],
    }),
  },
  '/api/v1/admin/resets': {
    post: operation({
      operationId: 'issueReset',
      tag: 'admin',
      summary:
        'Makes a one-time link by which someone else who lost password or second factor signs in again',
      body: body('ResetRequest'),
      needsToken: true,
      needsSession: true,
      answers: { 201: json('The link, shown once', 'OneTimeLink') },
      problems: ['not_found', 'account_conflict', AWAY],
    }),
  },
  '/api/v1/admin/people': {
    get: operation({
      operationId: 'listPeople',
      tag: 'admin',
      summary: 'Accounts and open invitations',
      query: peopleQuery,
      needsSession: true,
      answers: read('Accounts, the newest first', 'People'),
      problems: [AWAY],
    }),
    post: operation({
      operationId: 'invitePerson',
      tag: 'admin',
      summary:
        'Makes a one-time link by which someone gets an account; one made before for the address is void',
      body: body('PersonInvitation'),
      needsToken: true,
      needsSession: true,
      answers: { 201: json('The link, shown once', 'OneTimeLink') },
      problems: ['account_conflict', 'unknown_area', AWAY],
    }),
  },
  '/api/v1/admin/invitations/{accountId}': {
    delete: operation({
      operationId: 'withdrawInvitation',
      tag: 'admin',
      summary: 'Makes an invitation void before it is used',
      params: { accountId: accountIdField },
      needsSession: true,
      answers: DONE,
      problems: ['not_found', AWAY],
    }),
  },
  '/api/v1/admin/people/{accountId}': {
    put: operation({
      operationId: 'changePerson',
      tag: 'admin',
      summary: 'Gives someone else a role and areas, or takes the account out of use',
      params: { accountId: accountIdField },
      body: body('PersonChange'),
      needsSession: true,
      answers: { 200: json('As it is now', 'Person') },
      problems: ['not_found', 'unknown_area', AWAY],
    }),
  },
  '/api/v1/admin/actions': {
    get: operation({
      operationId: 'listActions',
      tag: 'admin',
      summary: 'The action log',
      query: actionsQuery,
      needsSession: true,
      answers: read('Entries, the newest first', 'Actions'),
      problems: [AWAY],
    }),
  },
  '/api/v1/admin/actions.csv': {
    get: operation({
      operationId: 'exportActions',
      tag: 'admin',
      summary: 'The whole action log in its order',
      needsSession: true,
      answers: { 200: bytes('CSV (RFC 4180)', 'text/csv') },
      problems: [AWAY],
    }),
  },
  '/api/v1/admin/actions/verification': {
    get: operation({
      operationId: 'verifyActions',
      tag: 'admin',
      summary: 'Follows the hash chain through the whole action log',
      needsSession: true,
      answers: read('Whether it holds', 'ActionLogState'),
      problems: [AWAY],
    }),
  },
}
