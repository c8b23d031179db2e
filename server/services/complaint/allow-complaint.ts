import { createHash } from 'node:crypto'
import { CodedError } from '../../../shared/coded-error.ts'
import type { ComplaintAllowanceRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'

const HOUR_MS = 3_600_000
const MS_PER_S = 1000

/**
 * Counts a complaint, or a challenge for one, against the address it comes from: as many at once as an hour allows, then one
 * whenever its share of the hour has passed. Changed in one step of the database, so that many at once, at many instances,
 * get no more than one after another. Throws `rate_limited`.
 */
export async function allowComplaint(
  deps: Pick<Deps, 'models' | 'clock'>,
  address: string,
  perHour: number,
): Promise<void> {
  const costMs = Math.floor(HOUR_MS / perHour)
  const now = deps.clock.now()
  const { granted, used_until } = await use(deps, address, { now, costMs })
  if (granted) return
  const waitMs = used_until.getTime() + costMs - HOUR_MS - now.getTime()
  throw new CodedError(
    'rate_limited',
    `address: expected at most ${perHour} complaints an hour; try again in ${Math.ceil(waitMs / MS_PER_S)} s`,
  )
}

async function use(
  deps: Pick<Deps, 'models'>,
  address: string,
  { now, costMs }: { now: Date; costMs: number },
): Promise<Pick<ComplaintAllowanceRow, 'granted' | 'used_until'>> {
  const { collection } = deps.models.complaintAllowances
  const _id = createHash('sha256').update(address).digest('hex')
  const lastAt = new Date(now.getTime() + HOUR_MS - costMs)
  try {
    const row = await collection.findOneAndUpdate(
      { _id } as never,
      [
        { $set: { used_until: { $max: ['$used_until', now] } } },
        { $set: { granted: { $lte: ['$used_until', lastAt] } } },
        {
          $set: {
            used_until: { $cond: ['$granted', { $add: ['$used_until', costMs] }, '$used_until'] },
          },
        },
      ],
      { upsert: true, returnDocument: 'after' },
    )
    const until: unknown = row?.['used_until']
    if (!(until instanceof Date)) throw new Error('allowance: expected a row after an upsert')
    return { granted: row?.['granted'] === true, used_until: until }
  } catch (error) {
    // Two came first at once; the row is there now.
    if (!isDuplicateKey(error)) throw error
    return use(deps, address, { now, costMs })
  }
}
