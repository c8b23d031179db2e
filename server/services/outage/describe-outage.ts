import type { OutageDetail, OutageInterruption } from '../../../shared/api/outages.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { durationClass, OUTAGE_RULES_VERSION } from '../../../shared/outage/index.ts'
import type { InterruptionRow, OutageRow } from '../../models/index.ts'
import { secondText } from '../api-times.ts'
import { areaNames } from '../area/area-names.ts'
import type { Deps } from '../deps.ts'
import { pageOf, parseCursor } from '../page.ts'
import { asOutage } from './list-outages.ts'
import { behind, IN_ORDER, ofOutage } from './outage-interruptions.ts'

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

/** `GET /outages/{id}`: with a page of its interruptions in order of start. Throws `not_found` or `malformed`. */
export async function describeOutage(
  deps: Deps,
  outageId: string,
  { limit, cursor }: PageQuery,
): Promise<OutageDetail> {
  const row = await findOutageRow(deps, outageId)
  const found = await deps.models.deviceBreaks
    .find({ ...ofOutage(row), ...(cursor !== undefined && behind(parseCursor(cursor))) })
    .sort(IN_ORDER)
    .limit(limit + 1)
    .lean<InterruptionRow[]>()
  const places = await placesOf(
    deps,
    found.map(({ device_id }) => device_id),
  )
  const names = await areaNames(deps, [row.area_id])
  const now = deps.clock.now()
  return {
    ...asOutage(row, names.get(row.area_id) ?? null, now),
    rules: OUTAGE_RULES_VERSION,
    as_of: secondText(now),
    interruptions: pageOf(
      found,
      limit,
      ({ interruption, _id }) => ({ at: interruption.counted_at, id: _id }),
      (one) => asInterruption(one, places.get(one.device_id) ?? null, now),
    ),
    evidence_url: `/api/v1/outages/${outageId}/evidence`,
  }
}

function asInterruption(
  { interruption, ...one }: InterruptionRow,
  coordinates: [number, number] | null,
  now: Date,
): OutageInterruption {
  const endedAt = one.to_at?.getTime() ?? null
  const offAt = one.from_at.getTime()
  return {
    device_id: one.device_id,
    stage: interruption.stage,
    customers_served: interruption.customers_served,
    coordinates,
    off_at: secondText(one.from_at),
    counted_at: secondText(interruption.counted_at),
    ended_at: one.to_at && secondText(one.to_at),
    duration_class: durationClass({ offAt, endedAt }, now.getTime()),
    duration_seconds: Math.max(0, Math.floor(((endedAt ?? now.getTime()) - offAt) / MS_PER_S)),
  }
}

async function placesOf({ models }: Deps, deviceIds: readonly string[]) {
  const rows = await models.devices.find({ _id: { $in: [...deviceIds] } }, { point: 1 }).lean()
  return new Map(rows.flatMap(({ _id, point }) => (point ? [[_id, point.coordinates]] : [])))
}
