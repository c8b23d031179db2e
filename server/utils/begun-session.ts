import type { EventHandler, H3Event } from 'h3'
import { oneTimeTokenField, passwordRequestSchema, type Who } from '../../shared/api/accounts'
import type { acceptInvitation } from '../services/account/accept-invitation'
import { currentSession } from '../services/account/current-session'
import { describeWho } from '../services/account/describe-account'
import type { useReset } from '../services/account/use-reset'

/** Gives the browser the cookie of a session just begun, and answers who is signed in by it. */
export async function answerSession(event: H3Event, sessionId: string): Promise<Who> {
  setSessionCookie(event, sessionId)
  return describeWho(await currentSession(useDeps(), sessionId))
}

/** A door behind a one-time link: `take` takes a new password and begins a session. */
export const passwordByLink = (
  take: typeof acceptInvitation | typeof useReset,
  status: number,
): EventHandler =>
  apiRoute(async (event) => {
    setResponseHeader(event, 'cache-control', 'no-store')
    requireOwnOrigin(event)
    const token = paramOf(event, 'token', oneTimeTokenField)
    const { password } = await smallBodyOf(event, passwordRequestSchema)
    const previous = readSessionCookie(event)
    const sessionId = await take(useDeps(), token, password, requestOrigin(event), previous)
    setResponseStatus(event, status)
    return answerSession(event, sessionId)
  })
