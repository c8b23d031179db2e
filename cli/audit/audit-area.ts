import { orderedAt } from '../../shared/record/index.ts'
import { periodOf } from '../../shared/outage/index.ts'
import { SourceError } from '../../shared/verification/index.ts'
import { deriveFigures, startOfMonth, type Derived } from './derive-figures.ts'
import { DeviceRegistry } from './device-registry.ts'
import { readLedger, type LedgerEnd, type LedgerSources } from './read-ledger.ts'

const MS_PER_S = 1000
/** A batch may hold many records: a person wants to see them go by. */
const RECORDS_PER_STEP = 2000

interface Counts {
  batches: number
  records: number
  readings: number
  deviceEvents: number
  devices: number
}

/** A ledger that holds from its first record to its last, and what follows from it. */
export interface Audit extends Derived {
  end: LedgerEnd
  counts: Counts
  /** When the latest batch was sealed. */
  sealedAt: number
  /** The last moment of which anything is taken as known. */
  asOfAt: number
  heartbeatMs: number
}

interface Asked {
  /** Default: the start of the month of the first record. */
  fromAt: number | undefined
  /** Default: the moment the latest batch was sealed. */
  toAt: number | undefined
  heartbeatMs: number
}

interface Progress {
  batch: number
  latest: number
  records: number
}

/** Checks the whole ledger of an area, then recomputes its figures. Throws as `readLedger` does, and `malformed` for an empty period. */
export async function auditArea(
  sources: LedgerSources,
  asked: Asked,
  onProgress: (progress: Progress) => void,
): Promise<Audit> {
  const registry = new DeviceRegistry()
  const counts: Counts = { batches: 0, records: 0, readings: 0, deviceEvents: 0, devices: 0 }
  let latest = 0
  let firstAt = Number.POSITIVE_INFINITY
  let sealedAt = 0
  const step = () => onProgress({ batch: counts.batches + 1, latest, records: counts.records })
  const end = await readLedger(sources, {
    begin(latestNumber) {
      latest = latestNumber
      step()
    },
    record(entry) {
      registry.take(entry)
      firstAt = Math.min(firstAt, Date.parse(orderedAt(entry.record)))
      counts.records += 1
      if (entry.record.type === 'reading') counts.readings += 1
      if (entry.record.type === 'device_event') counts.deviceEvents += 1
      if (counts.records % RECORDS_PER_STEP === 0) step()
    },
    batch({ sealed_at }) {
      registry.settle()
      sealedAt = Date.parse(sealed_at)
      counts.batches += 1
    },
  })
  if (end.number === 0)
    throw new SourceError(`contract: expected batches of ${sources.areaId}, got none`)
  counts.devices = registry.devices.size

  const asOfAt = Math.min(asked.toAt ?? sealedAt, Date.now())
  const fromAt = asked.fromAt ?? startOfMonth(firstAt)
  const period = periodOf(fromAt, asked.toAt ?? afterSecondOf(Math.max(sealedAt, fromAt)))
  const { areaId } = sources
  const { heartbeatMs } = asked
  const derived = deriveFigures(registry.devices, { areaId, period, asOfAt, heartbeatMs })
  return { ...derived, end, counts, sealedAt, asOfAt, heartbeatMs }
}

/** Periods are whole seconds and end before their last: the second of a moment is still in. */
const afterSecondOf = (at: number): number => (Math.floor(at / MS_PER_S) + 1) * MS_PER_S
