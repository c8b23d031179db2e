import type { Clock } from '../../adapters/clock.ts'
import type { DeviceRow, Models } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

/** What the map shows and areas count of a device. Times in ms since 1970, by the server's clock but for `measuredAt`. */
export interface MapDevice {
  id: string
  areaId: string
  stage: DeviceRow['stage']
  customersServed: number
  /** Longitude and latitude; null for a home, whose place is committed to: counted, not drawn. */
  place: readonly [number, number] | null
  enrolledAt: number
  powerStatus: 'ON' | 'OFF' | null
  receivedAt: number
  /** When the latest reading was measured; 0 while there is none. */
  measuredAt: number
  /** By the device's own clock. */
  since: string | null
  timestamp: string | null
}

/** A write may become visible this much after the server time it carries: looked at again. */
const OVERLAP_MS = 3_000
/** All is read anew this often, in the background, for whatever was written later still. */
const RELOAD_MS = 5 * 60_000

const SHOWN = {
  area_id: 1,
  status: 1,
  stage: 1,
  customers_served: 1,
  point: 1,
  enrolled_at: 1,
  last: 1,
} as const
type ShownRow = Pick<DeviceRow, '_id' | 'area_id' | 'status' | 'stage' | 'customers_served'> &
  Pick<DeviceRow, 'point' | 'enrolled_at' | 'last'>

/**
 * The active devices, kept in memory beside the database, which stays the truth: counting a hundred
 * thousand of them there takes longer than a map may. Each look reads only what was written since the last.
 */
class DeviceSnapshot {
  #devices = new Map<string, MapDevice>()
  /** Devices not yet active: nothing they write says when they will be. */
  #entering = new Set<string>()
  /** Server time up to which all that was written is known; null before the first reading. */
  #knownAt: number | null = null
  #reloadedAt = Number.NEGATIVE_INFINITY
  #refreshing: Promise<void> | null = null
  #reloading: Promise<void> | null = null
  readonly #models: Models
  readonly #clock: Clock

  constructor({ models, clock }: Pick<Deps, 'models' | 'clock'>) {
    this.#models = models
    this.#clock = clock
  }

  async devices(): Promise<ReadonlyMap<string, MapDevice>> {
    const isOld = performance.now() - this.#reloadedAt > RELOAD_MS
    if (this.#knownAt === null) await this.#reload()
    else if (isOld) void this.#reload().catch(() => undefined)
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null))
    await this.#refreshing
    return this.#devices
  }

  #reload(): Promise<void> {
    this.#reloading ??= this.#readAll().finally(() => (this.#reloading = null))
    return this.#reloading
  }

  /** What is written while it reads is read again by the next refresh, from the time it began at. */
  async #readAll(): Promise<void> {
    const beganAt = this.#clock.now().getTime()
    const all = new DeviceSnapshot({ models: this.#models, clock: this.#clock })
    for await (const row of this.#models.devices.find({}, SHOWN).lean().cursor()) all.#take(row)
    this.#devices = all.#devices
    this.#entering = all.#entering
    this.#knownAt = beganAt
    this.#reloadedAt = performance.now()
  }

  async #refresh(): Promise<void> {
    const beganAt = this.#clock.now().getTime()
    const knownAt = this.#knownAt
    const since = { $gte: new Date((knownAt ?? 0) - OVERLAP_MS) }
    const entering = [...this.#entering]
    const rows: ShownRow[] = await this.#models.devices
      .find(
        {
          $or: [
            { 'last.received_at': since },
            { latest_event_at: since },
            ...(entering.length > 0 ? [{ _id: { $in: entering } }] : []),
          ],
        },
        SHOWN,
      )
      .lean()
    for (const row of rows) this.#take(row)
    // A reload that ended meanwhile knows less.
    if (this.#knownAt === knownAt) this.#knownAt = beganAt
  }

  #take(row: ShownRow): void {
    const { _id: id, status, point, last } = row
    const receivedAt = last?.received_at.getTime() ?? 0
    if (status === 'entering') this.#entering.add(id)
    else this.#entering.delete(id)
    if (status !== 'active') {
      this.#devices.delete(id)
      return
    }
    this.#devices.set(id, {
      id,
      areaId: row.area_id,
      stage: row.stage,
      customersServed: row.customers_served,
      place: point?.coordinates ?? null,
      enrolledAt: row.enrolled_at.getTime(),
      powerStatus: last?.power_status ?? null,
      receivedAt,
      measuredAt: last ? Date.parse(last.timestamp) : 0,
      since: last?.since ?? null,
      timestamp: last?.timestamp ?? null,
    })
  }
}

/** One for each database a process speaks to. */
const snapshots = new WeakMap<Models, DeviceSnapshot>()

/** The active devices, as the database has them now, by id. */
export function mapDevices(
  deps: Pick<Deps, 'models' | 'clock'>,
): Promise<ReadonlyMap<string, MapDevice>> {
  const snapshot = snapshots.get(deps.models) ?? new DeviceSnapshot(deps)
  snapshots.set(deps.models, snapshot)
  return snapshot.devices()
}
