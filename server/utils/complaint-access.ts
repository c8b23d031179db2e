import type { H3Event } from 'h3'
import { z } from 'zod'
import { CodedError } from '../../shared/coded-error'
import { idempotencyKeyField } from '../../shared/api/complaints'
import { complaintIdField } from '../../shared/complaint'
import { hashField } from '../../shared/fields'
import { parseAs } from '../../shared/parse'
import type { Actor } from '../services/account/actor'
import { subscriberOf } from '../services/account/network'
import { allowComplaint, disregardComplaint } from '../services/complaint/allow-complaint'
import type { Official } from '../services/complaint/official'
import { TooManyError } from '../services/limits/allowance'

const tokenField = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

export const complaintIdOf = (event: H3Event): string =>
  paramOf(event, 'complaintId', complaintIdField)

export const commitmentOf = (event: H3Event): string => paramOf(event, 'commitment', hashField)

/** The secret of a complaint's link, if the request bears one. Such an answer is for nobody else to keep. */
export function complaintSecretOf(event: H3Event): string | null {
  setResponseHeader(event, 'vary', 'Authorization')
  const [scheme, given] = (getRequestHeader(event, 'authorization') ?? '').split(' ')
  if (scheme !== 'Bearer' || given === undefined) return null
  setResponseHeader(event, 'cache-control', 'no-store')
  const token = tokenField.safeParse(given)
  if (token.success) return token.data
  throw new CodedError('forbidden', 'authorization: expected the secret of this complaint')
}

/** As `complaintSecretOf`, where there must be one. Throws `unauthorised`. */
export function complaintSecret(event: H3Event): string {
  const token = complaintSecretOf(event)
  if (token !== null) return token
  setResponseHeader(event, 'www-authenticate', 'Bearer')
  throw new CodedError('unauthorised', 'authorization: expected the secret of the complaint')
}

/** The key under which a request may come again; null without. Throws `malformed`. */
export function idempotencyKeyOf(event: H3Event): string | null {
  const given = getRequestHeader(event, 'idempotency-key')
  return given === undefined ? null : parseAs(idempotencyKeyField, given, 'idempotency-key')
}

/** An actor as complaints know it: officials have their areas, others all. */
export const officialOf = ({ role, areas, pseudonym }: Actor): Official => ({
  pseudonym,
  areas: role === 'official' ? areas : null,
})

/** Counts a complaint, or a challenge for one, against the address it comes from. Throws `rate_limited`. */
export async function countComplaint(event: H3Event): Promise<void> {
  const perHour = useComposition().config.NUXT_ADDRESS_COMPLAINTS_PER_HOUR
  if (perHour > 0) await allowComplaint(useDeps(), subscriberOf(clientAddress(event)), perHour)
}

/** As `countComplaint`, for work that so many may ask for at once that some are sent away: those are not counted. */
export async function countedAsComplaint<Result>(
  event: H3Event,
  work: () => Promise<Result>,
): Promise<Result> {
  await countComplaint(event)
  try {
    return await work()
  } catch (error) {
    const perHour = useComposition().config.NUXT_ADDRESS_COMPLAINTS_PER_HOUR
    if (error instanceof TooManyError && perHour > 0)
      await disregardComplaint(useDeps(), subscriberOf(clientAddress(event)), perHour)
    throw error
  }
}
