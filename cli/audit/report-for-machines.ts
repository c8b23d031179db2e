import type { AreaNode, OutageEvent } from '../../shared/outage/index.ts'
import { Contradiction } from '../contradiction.ts'
import { askedForMachines, type Asked } from '../verification-report.ts'
import type { Audit } from './audit-area.ts'
import type { PeriodFigures } from './derive-figures.ts'
import type { AuditedLedger } from './read-ledgers.ts'
import { timeText } from './time-text.ts'

const MS_PER_S = 1000

/** An audit for machines; times in ISO 8601, figures as they are computed. */
export function auditForMachines(
  tree: readonly AreaNode[],
  asked: Asked,
  found: Audit | Contradiction,
) {
  const head = { area_id: tree[0]?.areaId, asked: askedForMachines(asked) }
  if (found instanceof Contradiction) {
    const { code, message } = found
    return { verdict: 'disproved', ...head, failure: { step: code, message } }
  }
  const { ledgers, counts, asOfAt, heartbeatMs, outages, gaps, months, whole } = found
  return {
    verdict: 'proved',
    ...head,
    failure: null,
    latest: latestForMachines(ledgers[0]),
    areas: ledgers.map((ledger, index) => ({
      area_id: ledger.areaId,
      parent_id: tree[index]?.parentId ?? null,
      latest: latestForMachines(ledger),
    })),
    counts: {
      batches: counts.batches,
      records: counts.records,
      readings: counts.readings,
      device_events: counts.deviceEvents,
      devices: counts.devices,
      outages: outages.length,
    },
    as_of: new Date(asOfAt).toISOString(),
    heartbeat_seconds: heartbeatMs / MS_PER_S,
    outages: outages.map(outageForMachines),
    gaps: gaps.map(({ deviceId, kind, afterSeq, beforeSeq, missing }) => ({
      device_id: deviceId,
      kind,
      after_seq: afterSeq,
      before_seq: beforeSeq,
      missing,
    })),
    months: months.map(periodForMachines),
    whole: periodForMachines(whole),
  }
}

function latestForMachines(ledger: AuditedLedger | undefined) {
  if (!ledger?.latest) return null
  const { number, root, sealedAt } = ledger.latest
  return { number, root, sealed_at: new Date(sealedAt).toISOString() }
}

const outageForMachines = (outage: OutageEvent) => ({
  outage_id: outage.id,
  area_id: outage.areaId,
  started_at: timeText(outage.startedAt),
  ended_at: outage.endedAt === null ? null : timeText(outage.endedAt),
  local: outage.local,
  devices: outage.devices,
  customers_affected: outage.customersAffected,
})

function periodForMachines({ period, figures }: PeriodFigures) {
  const { customersServed, ...rest } = figures
  const [from, to] = [timeText(period.fromAt), timeText(period.toAt)]
  return { from, to, ...rest, customers_served: customersServed }
}
