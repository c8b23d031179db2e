import { CodedError } from '../../../shared/coded-error.ts'
import { durationClass, MOMENTARY_MS } from '../../../shared/outage/index.ts'
import type { OutageRow } from '../../models/index.ts'
import { secondText } from '../api-times.ts'
import { areaNames } from '../area/area-names.ts'
import type { Deps } from '../deps.ts'
import { findOutageRow } from './describe-outage.ts'
import { atomDocument } from '../feeds/atom.ts'
import { capDocument, CAP_TYPE, type AlertStatus } from '../feeds/cap.ts'
import { outageEntry, outageUrl, type Portal } from '../feeds/outage-words.ts'
import { asOutage } from './list-outages.ts'

const ALERT_DAYS_MS = 7 * 86_400_000
const MAX_ALERTS = 100

const capUrl = (outageUrl: string): string => `${outageUrl}/alert.cap`

/**
 * When an outage began to call for an alert: once so many customers had been away for longer than a momentary
 * interruption. Null: it never did. A local outage does not.
 */
function alertedAt(row: OutageRow, customers: number, now: Date): Date | null {
  if (row.local) return null
  const sustained = row.interruptions
    .filter(({ off_at, ended_at }) => {
      const times = { offAt: off_at.getTime(), endedAt: ended_at?.getTime() ?? null }
      return durationClass(times, now.getTime()) === 'sustained'
    })
    .toSorted((a, b) => a.off_at.getTime() - b.off_at.getTime())
  const counted = new Map<string, number>()
  let total = 0
  for (const { device_id, customers_served, off_at } of sustained) {
    total += Math.max(0, customers_served - (counted.get(device_id) ?? 0))
    counted.set(device_id, Math.max(customers_served, counted.get(device_id) ?? 0))
    if (total >= customers) return new Date(off_at.getTime() + MOMENTARY_MS)
  }
  return null
}

/** `/alerts.xml`: outages of the last 7 days that call for an alert, newest first, as an Atom feed. */
export async function alertsAtom(deps: Deps, portal: Portal, customers: number): Promise<string> {
  const now = deps.clock.now()
  const rows = await deps.models.outages
    .find({
      started_at: { $gte: new Date(now.getTime() - ALERT_DAYS_MS) },
      local: false,
      customers_affected: { $gte: customers },
    })
    .sort({ started_at: -1, _id: -1 })
    .limit(MAX_ALERTS)
    .lean()
  const alerts = rows.filter((row) => alertedAt(row, customers, now) !== null)
  const names = await areaNames(
    deps,
    alerts.map(({ area_id }) => area_id),
  )
  return atomDocument({
    selfUrl: `${portal.origin}/alerts.xml`,
    pageUrl: portal.origin,
    title: 'Power outage alerts',
    asOf: now,
    entries: alerts.map((row) => {
      const outage = asOutage(row, names.get(row.area_id) ?? null, now)
      const enclosure = { url: capUrl(outageUrl(portal, outage)), type: CAP_TYPE }
      return { ...outageEntry(portal, outage), enclosure }
    }),
  })
}

/** `/outages/{id}/alert.cap`. Throws `not_found`, also for an outage that calls for no alert. */
export async function outageCap(
  deps: Deps,
  portal: Portal,
  outageId: string,
  { customers, status }: { customers: number; status: AlertStatus },
): Promise<string> {
  const row = await findOutageRow(deps, outageId)
  const now = deps.clock.now()
  const sustainedAt = alertedAt(row, customers, now)
  if (!sustainedAt) {
    throw new CodedError(
      'not_found',
      `alert: expected an outage of at least ${customers} customers for more than 5 minutes, not local`,
    )
  }
  const area = await deps.models.areas.findById(row.area_id, { name: 1, outline: 1 }).lean()
  return capDocument(portal, {
    outage: asOutage(row, area?.name ?? null, now),
    sustainedAt: secondText(sustainedAt),
    outline: area?.outline ?? null,
    status,
  })
}
