import type { Clock } from '../../adapters/clock.ts'
import type { DeviceRow, Models } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { NOTED_WITHIN_MS } from '../reading/note-latest-readings.ts'

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

/** An event may become visible this much after the server time it carries: looked at again. */
const EVENT_OVERLAP_MS = 3_000
/** A note may become visible this much after the database's time it carries; the rest is for a database that changes its clock. */
const NOTE_OVERLAP_MS = NOTED_WITHIN_MS + 1_000
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
  noted_at: 1,
} as const
type ShownRow = Pick<DeviceRow, '_id' | 'area_id' | 'status' | 'stage' | 'customers_served'> &
  Pick<DeviceRow, 'point' | 'enrolled_at' | 'last' | 'noted_at'>

/** The database's clock was at `at` or later when this process's was at `ms`. */
interface SeenClock {
  at: number
  ms: number
}

/**
 * The active devices, kept in memory beside the database, which stays the truth: counting a hundred
 * thousand of them there takes longer than a map may. Each look reads only what was written since the last.
 */
class DeviceSnapshot {
  #devices = new Map<string, MapDevice>()
  #byArea = new Map<string, Map<string, MapDevice>>()
  /** Devices not yet active: nothing they write says when they will be. */
  #entering = new Set<string>()
  /** Server time up to which all that was written is known; null before the first reading. */
  #knownAt: number | null = null
  /** The newest note that was read, and what it tells of the clock by which notes are dated. */
  #newestNoteAt = 0
  #seen: SeenClock = { at: 0, ms: 0 }
  /** The database's time up to which all notes are known, but for those that become visible late. */
  #notedUntil = 0
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
    await this.#catchUp()
    return this.#devices
  }

  async devicesIn(areaIds: readonly string[]): Promise<MapDevice[]> {
    await this.#catchUp()
    return areaIds.flatMap((areaId) => [...(this.#byArea.get(areaId)?.values() ?? [])])
  }

  async #catchUp(): Promise<void> {
    const isOld = performance.now() - this.#reloadedAt > RELOAD_MS
    if (this.#knownAt === null) await this.#reload()
    else if (isOld) void this.#reload().catch(() => undefined)
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null))
    await this.#refreshing
  }

  #reload(): Promise<void> {
    this.#reloading ??= this.#readAll().finally(() => (this.#reloading = null))
    return this.#reloading
  }

  /** What is written while it reads is read again by the next refresh, from the time it began at. */
  async #readAll(): Promise<void> {
    const beganAt = this.#clock.now().getTime()
    const beganMs = performance.now()
    const all = new DeviceSnapshot({ models: this.#models, clock: this.#clock })
    for await (const row of this.#models.devices.find({}, SHOWN).lean().cursor()) all.#take(row)
    this.#devices = all.#devices
    this.#byArea = all.#byArea
    this.#entering = all.#entering
    this.#newestNoteAt = all.#newestNoteAt
    this.#seen = { at: all.#newestNoteAt, ms: performance.now() }
    this.#notedUntil = this.#databaseAt(beganMs)
    this.#knownAt = beganAt
    this.#reloadedAt = performance.now()
  }

  async #refresh(): Promise<void> {
    const beganAt = this.#clock.now().getTime()
    const knownAt = this.#knownAt
    const beganMs = performance.now()
    const seen = this.#seen
    const changed = { $gte: new Date((knownAt ?? 0) - EVENT_OVERLAP_MS) }
    const noted = { $gte: new Date(Math.max(0, this.#notedUntil - NOTE_OVERLAP_MS)) }
    const entering = [...this.#entering]
    const rows: ShownRow[] = await this.#models.devices
      .find(
        {
          $or: [
            { noted_at: noted },
            { latest_event_at: changed },
            ...(entering.length > 0 ? [{ _id: { $in: entering } }] : []),
          ],
        },
        SHOWN,
      )
      .lean()
    for (const row of rows) this.#take(row)
    // A reload that ended meanwhile knows less.
    if (this.#seen !== seen) return
    this.#knownAt = beganAt
    const endedMs = performance.now()
    if (this.#newestNoteAt > this.#databaseAt(endedMs))
      this.#seen = { at: this.#newestNoteAt, ms: endedMs }
    this.#notedUntil = this.#databaseAt(beganMs)
  }

  /** The database's time at a moment of this process's clock, or before it. */
  #databaseAt(ms: number): number {
    return this.#seen.at + ms - this.#seen.ms
  }

  #take(row: ShownRow): void {
    const { _id: id, status, point, last } = row
    this.#newestNoteAt = Math.max(this.#newestNoteAt, row.noted_at?.getTime() ?? 0)
    const receivedAt = last?.received_at.getTime() ?? 0
    if (status === 'entering') this.#entering.add(id)
    else this.#entering.delete(id)
    const before = this.#devices.get(id)
    if (before && (status !== 'active' || before.areaId !== row.area_id))
      this.#byArea.get(before.areaId)?.delete(id)
    if (status !== 'active') {
      this.#devices.delete(id)
      return
    }
    const device: MapDevice = {
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
    }
    this.#devices.set(id, device)
    const inArea = this.#byArea.get(device.areaId)
    if (inArea) inArea.set(id, device)
    else this.#byArea.set(device.areaId, new Map([[id, device]]))
  }
}

/** One for each database a process speaks to. */
const snapshots = new WeakMap<Models, DeviceSnapshot>()

function snapshotOf(deps: Pick<Deps, 'models' | 'clock'>): DeviceSnapshot {
  const snapshot = snapshots.get(deps.models) ?? new DeviceSnapshot(deps)
  snapshots.set(deps.models, snapshot)
  return snapshot
}

/** The active devices, as the database has them now, by id. */
export const mapDevices = (
  deps: Pick<Deps, 'models' | 'clock'>,
): Promise<ReadonlyMap<string, MapDevice>> => snapshotOf(deps).devices()

/** As `mapDevices`, those directly in some areas: without a look at all others. */
export const mapDevicesIn = (
  deps: Pick<Deps, 'models' | 'clock'>,
  areaIds: readonly string[],
): Promise<MapDevice[]> => snapshotOf(deps).devicesIn(areaIds)
