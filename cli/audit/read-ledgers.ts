import { serviceSpans, type AreaNode, type LedgerDeviceEvent } from '../../shared/outage/index.ts'
import { orderedAt } from '../../shared/record/index.ts'
import type { CondensedReadings } from './condensed-readings.ts'
import { DeviceRegistry } from './device-registry.ts'
import { readLedger, type LedgerEnd, type LedgerSources } from './read-ledger.ts'

/** A batch may hold many records: a person wants to see them go by. */
const RECORDS_PER_STEP = 2000

export type Sources = Omit<LedgerSources, 'areaId'>

/** The ledger of one area; it holds from its first record to its last. */
export interface AuditedLedger {
  areaId: string
  /** Its latest batch; null where the contract holds none of the area. */
  latest: (LedgerEnd & { sealedAt: number }) | null
}

export interface Counts {
  batches: number
  records: number
  readings: number
  deviceEvents: number
}

export interface Progress {
  areaId: string
  /** The batch that is being read, of so many. */
  batch: number
  latest: number
  /** Of all areas so far. */
  records: number
}

/** What ledgers tell; their readings went where the reader said. */
interface Read {
  ledgers: AuditedLedger[]
  counts: Counts
  /** Time of the first record; infinite where there is none. */
  firstAt: number
  /** Until when they tell all; null where there is no batch. */
  sealedAt: number | null
  /** By device, over all areas. */
  events: Map<string, LedgerDeviceEvent[]>
}

/** Checks the ledgers of areas one after the other, and hands their readings to `readings`. Throws as `readLedger` does. */
export async function readLedgers(
  sources: Sources,
  areas: readonly AreaNode[],
  readings: Pick<CondensedReadings, 'add'>,
  onProgress: (progress: Progress) => void,
): Promise<Read> {
  const ledgers: AuditedLedger[] = []
  const counts: Counts = { batches: 0, records: 0, readings: 0, deviceEvents: 0 }
  const events: Read['events'] = new Map()
  const seals: Seal[] = []
  let firstAt = Number.POSITIVE_INFINITY
  for (const { areaId } of areas) {
    const registry = new DeviceRegistry(readings)
    const at = { areaId, batch: 1, latest: 0 }
    let sealedAt = 0
    const step = () => onProgress({ ...at, records: counts.records })
    const end = await readLedger(
      { ...sources, areaId },
      {
        begin(latestNumber) {
          at.latest = latestNumber
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
          at.batch += 1
        },
      },
    )
    ledgers.push({ areaId, latest: end.number === 0 ? null : { ...end, sealedAt } })
    if (end.number > 0) seals.push({ sealedAt, isLive: hasDevicesInService(registry) })
    for (const [deviceId, ofArea] of registry.events)
      events.set(deviceId, [...(events.get(deviceId) ?? []), ...ofArea])
  }
  return { ledgers, counts, firstAt, sealedAt: tellAllUntil(seals), events }
}

const hasDevicesInService = ({ events }: DeviceRegistry): boolean =>
  events.values().some((ofDevice) => serviceSpans(ofDevice).at(-1)?.toAt === null)

/** The latest batch of an area. */
interface Seal {
  sealedAt: number
  /** The area has devices in service: it may have more to tell of the time after. */
  isLive: boolean
}

/** Until when all of some areas is told. */
function tellAllUntil(seals: readonly Seal[]): number | null {
  if (seals.length === 0) return null
  const live = seals.filter(({ isLive }) => isLive).map(({ sealedAt }) => sealedAt)
  return live.length > 0 ? Math.min(...live) : Math.max(...seals.map(({ sealedAt }) => sealedAt))
}
