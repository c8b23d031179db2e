import { isDeepStrictEqual } from 'node:util'
import {
  interruptionKey,
  type Interruption,
  type InterruptionChange,
} from '../../../shared/outage/index.ts'
import { CHAIN_MS } from '../../../shared/outage/rules.ts'
import type { Models, OutageRow } from '../../models/index.ts'
import type { DerivedOutage } from './outage-draft.ts'
import { outageCells } from './outage-cells.ts'
import { interruptionsDigest } from './outage-digest.ts'
import { ofOutage } from './outage-interruptions.ts'
import { breakKey } from './outage-rows.ts'

/** What a storm does to an outage, nearly always: devices that were off have mains again, others lose them. */
interface Difference {
  ended: { was: Interruption; is: Interruption }[]
  /** In order of start. */
  joined: Interruption[]
}

/**
 * An outage after a change, by what changes alone, so that a round costs as much in a large one as in a small one; null where
 * its interruptions have to be looked at again. A change done twice would count twice: a row says which round it is of.
 */
export async function outageByDifference(
  models: Pick<Models, 'deviceBreaks'>,
  { round: ofRound, ...row }: Omit<OutageRow, 'changed_at'>,
  change: InterruptionChange,
  round: string,
): Promise<DerivedOutage | null> {
  const difference = differenceOf(row, change)
  if (!difference || (await hasAnyOf(models, row, difference.joined))) return null
  return ofRound === round ? row : changedBy(row, difference)
}

/** Null where the change takes away, moves, or comes before the first; or where an outage of one device is another's too. */
function differenceOf(
  { _id, local, started_at, last_start_at }: DerivedOutage,
  { removed, added }: InterruptionChange,
): Difference | null {
  if (local) return null
  const before = new Map(removed.map((one) => [interruptionKey(one), one]))
  const ended: Difference['ended'] = []
  const joined: Interruption[] = []
  for (const is of added) {
    const was = before.get(interruptionKey(is))
    if (!was) joined.push(is)
    else if (isEnding(was, is)) ended.push({ was, is })
    else return null
  }
  joined.sort((a, b) => a.countedAt - b.countedAt)
  let lastAt = last_start_at.getTime()
  for (const { countedAt, deviceId } of joined) {
    const isFirst =
      countedAt < started_at.getTime() ||
      (countedAt === started_at.getTime() && deviceId < firstDeviceOf(_id))
    if (isFirst || countedAt - lastAt > CHAIN_MS) return null
    lastAt = Math.max(lastAt, countedAt)
  }
  return ended.length === removed.length ? { ended, joined } : null
}

const firstDeviceOf = (outageId: string): string => outageId.slice(outageId.lastIndexOf('.') + 1)

const isEnding = (was: Interruption, is: Interruption): boolean =>
  was.endedAt === null &&
  is.endedAt !== null &&
  isDeepStrictEqual({ ...was, endedAt: is.endedAt, lastSeq: is.lastSeq }, is)

/** Whether one of the devices that join is in the outage already, by another interruption, or joins twice. */
async function hasAnyOf(
  { deviceBreaks }: Pick<Models, 'deviceBreaks'>,
  row: DerivedOutage,
  joined: readonly Interruption[],
): Promise<boolean> {
  const ids = new Set(joined.map(({ deviceId }) => deviceId))
  if (ids.size < joined.length) return true
  if (ids.size === 0) return false
  const keys = joined.map((one) => breakKey(one.deviceId, { ...one, state: 'off' }))
  const found = await deviceBreaks
    .find({ device_id: { $in: [...ids] }, kind: 'off', ...ofOutage(row) }, { _id: 1 })
    .hint({ device_id: 1, kind: 1, to_at: 1 })
    .lean()
  const own = new Set(keys)
  return found.some(({ _id }) => !own.has(_id))
}

function changedBy(row: DerivedOutage, { ended, joined }: Difference): DerivedOutage {
  const digest = interruptionsDigest(row.digest)
  const cells = outageCells(row)
  let { open, devices, customers_affected, last_ended_at } = row
  let lastStartAt = row.last_start_at.getTime()
  let lastEndedAt = last_ended_at?.getTime() ?? Number.NEGATIVE_INFINITY
  for (const { was, is } of ended) {
    open -= 1
    lastEndedAt = Math.max(lastEndedAt, is.endedAt ?? lastEndedAt)
    digest.remove(was)
    digest.add(is)
  }
  for (const one of joined) {
    if (one.endedAt === null) open += 1
    else lastEndedAt = Math.max(lastEndedAt, one.endedAt)
    devices += 1
    customers_affected += one.customersServed
    lastStartAt = Math.max(lastStartAt, one.countedAt)
    cells.add(one)
    digest.add(one)
  }
  last_ended_at = Number.isFinite(lastEndedAt) ? new Date(lastEndedAt) : null
  return {
    ...row,
    last_start_at: new Date(lastStartAt),
    ended_at: open === 0 ? last_ended_at : null,
    ...{ devices, customers_affected, open, last_ended_at },
    digest: digest.hex(),
    ...cells.member(),
  }
}
