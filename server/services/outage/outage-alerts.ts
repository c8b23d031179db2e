import { CodedError } from '../../../shared/coded-error.ts'
import { durationClass, MOMENTARY_MS } from '../../../shared/outage/index.ts'
import type { InterruptionRow, OutageRow } from '../../models/index.ts'
import { secondText } from '../api-times.ts'
import { areaNames } from '../area/area-names.ts'
import type { Deps } from '../deps.ts'
import { findOutageRow } from './describe-outage.ts'
import { atomDocument } from '../feeds/atom.ts'
import { capDocument, CAP_TYPE, type AlertStatus } from '../feeds/cap.ts'
import { outageEntry, outageUrl, type Portal } from '../feeds/outage-words.ts'
import { readAhead } from '../read-ahead.ts'
import { asOutage } from './list-outages.ts'
import { IN_ORDER, ofOutage } from './outage-interruptions.ts'
import { interruptionOf } from './outage-rows.ts'

const ALERT_DAYS_MS = 7 * 86_400_000
const MAX_ALERTS = 100

const capUrl = (outageUrl: string): string => `${outageUrl}/alert.cap`

/**
 * When an outage began to call for an alert: once so many customers had been away for longer than a momentary
 * interruption. Null: it never did. A local outage does not.
 */
async function alertedAt(
  { models, clock }: Pick<Deps, 'models' | 'clock'>,
  outage: OutageRow,
  customers: number,
): Promise<Date | null> {
  if (outage.local || outage.customers_affected < customers) return null
  const now = clock.now().getTime()
  const counted = new Map<string, number>()
  let total = 0
  let lastAt = 0
  const rows = models.deviceBreaks.collection.find<InterruptionRow>(ofOutage(outage)).sort(IN_ORDER)
  for await (const interruptions of readAhead(rows)) {
    for (const one of interruptions.map(interruptionOf)) {
      if (durationClass(one, now) !== 'sustained') continue
      const known = counted.get(one.deviceId) ?? 0
      const most = Math.max(one.customersServed, known)
      counted.set(one.deviceId, most)
      total += most - known
      lastAt = Math.max(lastAt, one.countedAt, one.offAt + MOMENTARY_MS)
      if (total >= customers) return new Date(lastAt)
    }
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
  const alerts: OutageRow[] = []
  for (const row of rows) if (await alertedAt(deps, row, customers)) alerts.push(row)
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
      return {
        ...outageEntry(portal, outage),
        updatedAt: secondText(row.changed_at),
        enclosure,
      }
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
  const sustainedAt = await alertedAt(deps, row, customers)
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
    changedAt: secondText(row.changed_at),
    outline: area?.outline ?? null,
    status,
  })
}
