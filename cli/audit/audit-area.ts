import { periodOf, type AreaNode } from '../../shared/outage/index.ts'
import { SourceError } from '../../shared/verification/index.ts'
import { CondensedReadings } from './condensed-readings.ts'
import { deriveFigures, type Derived } from './derive-figures.ts'
import { startOfMonth } from './months.ts'
import {
  readLedgers,
  type AuditedLedger,
  type Counts,
  type Progress,
  type Sources,
} from './read-ledgers.ts'

const MS_PER_S = 1000

/** What follows from the ledgers of an area and of all below it. */
export interface Audit extends Derived {
  areaId: string
  tree: readonly AreaNode[]
  /** In the order of the tree. */
  ledgers: AuditedLedger[]
  counts: Counts & { devices: number }
  /** Until when the ledgers tell all: when the latest batch was sealed, of several the one sealed first. */
  sealedAt: number
  /** The last moment of which anything is taken as known. */
  asOfAt: number
  heartbeatMs: number
}

interface Asked {
  areaId: string
  /** The area and all below it that are to be audited with it. */
  tree: readonly AreaNode[]
  /** Default: the start of the month of the first record. */
  fromAt: number | undefined
  /** Default: the moment until which the ledgers tell all. */
  toAt: number | undefined
  heartbeatMs: number
}

/**
 * Checks the whole ledger of each area, then recomputes their figures together. Throws as `readLedger` does, `malformed` for
 * an empty period, and `unreadable` where readings do not fit into the folder for temporary files.
 */
export async function auditArea(
  sources: Sources,
  { areaId, tree, fromAt, toAt, heartbeatMs }: Asked,
  onProgress: (progress: Progress) => void,
): Promise<Audit> {
  using readings = new CondensedReadings()
  const found = await readLedgers(sources, tree, readings, onProgress)
  const { firstAt, sealedAt } = found
  if (sealedAt === null) {
    throw new SourceError(
      tree.length > 1
        ? `contract: expected batches of ${areaId} or of an area below it, got none`
        : `contract: expected batches of ${areaId}, got none; an area with others below it is audited with --compare, by which a portal names them`,
    )
  }
  const asOfAt = Math.min(toAt ?? sealedAt, Date.now())
  const beginAt = fromAt ?? startOfMonth(firstAt)
  const period = periodOf(beginAt, toAt ?? afterSecondOf(Math.max(sealedAt, beginAt)))
  const of = { areaId, tree, asOfAt, heartbeatMs }
  const derived = deriveFigures({ events: found.events, readings }, { ...of, period })
  const counts = { ...found.counts, devices: found.events.size }
  return { ...derived, ...of, ledgers: found.ledgers, counts, sealedAt }
}

/** Periods are whole seconds and end before their last: the second of a moment is still in. */
const afterSecondOf = (at: number): number => (Math.floor(at / MS_PER_S) + 1) * MS_PER_S
