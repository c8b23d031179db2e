import type { H3Event } from 'h3'
import { CodedError } from '../../shared/coded-error'
import { personOf, type Actor, type Person } from '../services/account/actor'
import { authorise } from '../services/account/authorise'
import {
  currentSession,
  mustEnrolTotp,
  type CurrentSession,
} from '../services/account/current-session'

/** The session of a request, of whatever level; null without. Writes must come from our own pages. */
export async function sessionOf(event: H3Event): Promise<CurrentSession | null> {
  setResponseHeaders(event, { 'cache-control': 'no-store', vary: 'Cookie, Authorization' })
  const sessionId = readSessionCookie(event)
  if (sessionId === undefined) return null
  requireOwnOrigin(event)
  const current = await currentSession(useDeps(), sessionId)
  if (current) countCall(current.account._id)
  return current
}

/** A session that still waits for its second factor. Throws `unauthorised` for any other. */
export async function requirePasswordSession(event: H3Event): Promise<CurrentSession> {
  const current = await sessionOf(event)
  if (current?.session.level === 'password') return current
  throw new CodedError('unauthorised', 'session: expected one that waits for its second factor')
}

/** A full session; an administrator may still be without the second factor, and may do nothing with it but set one up. */
export async function requireFullSession(event: H3Event): Promise<CurrentSession> {
  const current = await sessionOf(event)
  if (current?.session.level === 'full') return current
  throw new CodedError(
    'unauthorised',
    current ? 'session: expected the second factor first' : 'session: expected one, got none',
  )
}

/** A full session with all that its role asks for. Throws `unauthorised`, `second_factor_required` or `wrong_origin`. */
export async function requireSetUpSession(event: H3Event): Promise<CurrentSession> {
  const current = await requireFullSession(event)
  if (!mustEnrolTotp(current.account)) return current
  throw new CodedError(
    'second_factor_required',
    'account: expected an administrator to set up a second factor first',
  )
}

/** Who is signed in. Throws as `requireSetUpSession` does. */
export const requireSession = async (event: H3Event): Promise<Person> =>
  personOf((await requireSetUpSession(event)).account)

/**
 * Who makes a call below `/api/v1/admin`, by session or by the operator's token, if the table of `authorise` lists the call
 * for that role. Throws as `requireSession` does, and `forbidden`.
 */
export async function requireAccess(event: H3Event): Promise<Actor> {
  const actor = hasToken(event) ? requireOperator(event) : await signedIn(event)
  authorise(actor.role, event.method, event.path.split('?')[0] ?? '')
  return actor
}

const hasToken = (event: H3Event): boolean => getRequestHeader(event, 'authorization') !== undefined

function requireOperator(event: H3Event): Actor {
  const { NUXT_ADMIN_TOKEN, NUXT_ADMIN_NAME } = useComposition().config
  requireToken(event, NUXT_ADMIN_TOKEN)
  setResponseHeader(event, 'cache-control', 'no-store')
  return { accountId: null, role: 'operator', areas: [], pseudonym: NUXT_ADMIN_NAME }
}

async function signedIn(event: H3Event): Promise<Person> {
  try {
    return await requireSession(event)
  } catch (error) {
    if (error instanceof CodedError && error.code === 'unauthorised')
      setResponseHeader(event, 'www-authenticate', 'Bearer')
    throw error
  }
}
