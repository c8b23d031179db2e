import type { H3Event } from 'h3'
import type { Origin } from '../services/account/begin-session'
import { noteAction, type ActionNote } from '../services/account/note-action'
import { originFrom } from '../services/account/sign-in'

/** Where a request comes from, as sessions and the action log keep it. */
export const requestOrigin = (event: H3Event): Origin =>
  originFrom(clientAddress(event), getRequestHeader(event, 'user-agent') ?? null)

/** Notes what a request is about to do, with the network it comes from. */
export const noteRequest = (event: H3Event, note: Omit<ActionNote, 'network'>): Promise<void> =>
  noteAction(useDeps(), { ...note, network: requestOrigin(event).network })
