import type { LedgerDeviceEvent, OutageEvent } from '../../../shared/outage/index.ts'
import type { Deps } from '../deps.ts'
import { soundDeviceEvent } from './sound-records.ts'

const CELLS_PER_DEGREE = 100

type Cell = [longitude: number, latitude: number]

/**
 * Where each of these outages was: cells of 0.01° with a device that lost mains, once each, by the id of the outage. A device
 * counts where its events had put it when it lost mains, wherever it is now; one with a location commitment is nowhere.
 */
export async function cellsOfOutages(
  deps: Pick<Deps, 'models' | 'clock'>,
  outages: readonly OutageEvent[],
): Promise<Map<string, Cell[]>> {
  const eventsOf = await deviceEvents(deps, outages)
  return new Map(
    outages.map(({ id, interruptions }) => {
      const cells = new Map<string, Cell>()
      for (const { deviceId, countedAt } of interruptions) {
        const cell = cellAt(eventsOf.get(deviceId) ?? [], countedAt)
        if (cell) cells.set(cell.join(), cell)
      }
      return [id, [...cells.values()]]
    }),
  )
}

async function deviceEvents(
  deps: Pick<Deps, 'models' | 'clock'>,
  outages: readonly OutageEvent[],
): Promise<Map<string, LedgerDeviceEvent[]>> {
  const ids = new Set(
    outages.flatMap(({ interruptions }) => interruptions.map(({ deviceId }) => deviceId)),
  )
  if (ids.size === 0) return new Map()
  const rows = await deps.models.records
    .find({ type: 'device_event', device_id: { $in: [...ids] } })
    .lean()
  const events: LedgerDeviceEvent[] = []
  for (const row of rows) {
    const event = await soundDeviceEvent(deps, row)
    if (event) events.push(event)
  }
  events.sort((a, b) => Date.parse(a.record.at) - Date.parse(b.record.at))
  return Map.groupBy(events, ({ record }) => record.device.device_id)
}

/** By the last event until then. */
function cellAt(events: readonly LedgerDeviceEvent[], at: number): Cell | null {
  const last = events.findLast(({ record }) => Date.parse(record.at) <= at)
  const { longitude, latitude } = last?.record.device ?? {}
  if (longitude === undefined || latitude === undefined) return null
  return [rounded(longitude), rounded(latitude)]
}

const rounded = (degrees: number) => Math.round(degrees * CELLS_PER_DEGREE) / CELLS_PER_DEGREE
