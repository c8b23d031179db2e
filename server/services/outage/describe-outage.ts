import type { OutageDetail, OutageInterruption } from '../../../shared/api/outages.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { durationClass, OUTAGE_RULES_VERSION } from '../../../shared/outage/index.ts'
import type { OutageRow } from '../../models/index.ts'
import { secondText } from '../api-times.ts'
import { areaNames } from '../area/area-names.ts'
import type { Deps } from '../deps.ts'
import { asOutage } from './list-outages.ts'

const MS_PER_S = 1000

interface PageQuery {
  limit: number
  cursor?: string | undefined
}

/** The row of an outage. Throws `not_found`. */
export async function findOutageRow(
  { models }: Pick<Deps, 'models'>,
  outageId: string,
): Promise<OutageRow> {
  const row = await models.outages.findById(outageId).lean()
  if (!row) throw new CodedError('not_found', `outage: none with id ${outageId}`)
  return row
}

/** `GET /outages/{id}`: with a page of its interruptions in order of start; the cursor is an index. Throws `not_found`. */
export async function describeOutage(
  deps: Deps,
  outageId: string,
  { limit, cursor }: PageQuery,
): Promise<OutageDetail> {
  const row = await findOutageRow(deps, outageId)
  const from = indexOf(cursor)
  const shown = row.interruptions.slice(from, from + limit)
  const places = await placesOf(
    deps,
    shown.map(({ device_id }) => device_id),
  )
  const names = await areaNames(deps, [row.area_id])
  const now = deps.clock.now()
  return {
    ...asOutage(row, names.get(row.area_id) ?? null, now),
    rules: OUTAGE_RULES_VERSION,
    as_of: secondText(now),
    interruptions: {
      items: shown.map((one) => asInterruption(one, places.get(one.device_id) ?? null, now)),
      next: from + limit < row.interruptions.length ? String(from + limit) : null,
    },
    evidence_url: `/api/v1/outages/${outageId}/evidence`,
  }
}

function asInterruption(
  one: OutageRow['interruptions'][number],
  coordinates: [number, number] | null,
  now: Date,
): OutageInterruption {
  const endedAt = one.ended_at?.getTime() ?? null
  const offAt = one.off_at.getTime()
  return {
    device_id: one.device_id,
    stage: one.stage,
    customers_served: one.customers_served,
    coordinates,
    off_at: secondText(one.off_at),
    counted_at: secondText(one.counted_at),
    ended_at: one.ended_at && secondText(one.ended_at),
    duration_class: durationClass({ offAt, endedAt }, now.getTime()),
    duration_seconds: Math.max(0, Math.floor(((endedAt ?? now.getTime()) - offAt) / MS_PER_S)),
  }
}

async function placesOf({ models }: Deps, deviceIds: readonly string[]) {
  const rows = await models.devices.find({ _id: { $in: [...deviceIds] } }, { point: 1 }).lean()
  return new Map(rows.flatMap(({ _id, point }) => (point ? [[_id, point.coordinates]] : [])))
}

function indexOf(cursor: string | undefined): number {
  const index = cursor === undefined ? 0 : Number(cursor)
  if (Number.isSafeInteger(index) && index >= 0) return index
  throw new CodedError(
    'malformed',
    `cursor: expected one that this list answered as next, got ${cursor}`,
  )
}
