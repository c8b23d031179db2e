import type { Deps } from '../deps.ts'
import { inGroups } from './in-groups.ts'
import { judgeReading, withinAllowance, type DeviceAllowance } from './judge-reading.ts'
import { noteLatestReadings, type NotableReading } from './note-latest-readings.ts'
import { openReading, type HandedIn } from './open-reading.ts'
import { expectUnchanging, findDevices, type ListedDevice } from './registry.ts'
import { Rejection } from './rejection.ts'
import { storeReadings, type ReadingVerdict, type StorableReading } from './store-readings.ts'

/** Takes readings as they came, answers for each in the same order. */
export type ReadingIntake = (
  handedIn: readonly HandedIn[],
  allowance: DeviceAllowance,
) => Promise<ReadingVerdict[]>

/** As many as one request may carry, one call after the other. */
const GROUPS = { maxItems: 1_000, atOnce: 1 }

/**
 * Road step 4, one for a process. What is answered `accepted` or `duplicate` is durable in the database; what is `rejected`
 * changed nothing, but for an equivocation, which is kept as evidence. Throws only when the database is away, or
 * `store_unavailable` in the moment in which a device is changed: then nothing may be promised. Whoever comes at the same
 * time shares the look at the registry, the write and the note of the newest; while a group is noted the next is written.
 * `noteGroup` hears of every write, with its readings and the ms it took.
 */
export function readingIntake(
  deps: Deps,
  noteGroup: (size: number, durationMs: number) => void = () => {},
): ReadingIntake {
  const lookUp = inGroups((ids: readonly string[]) => findDevices(deps, ids), GROUPS)
  const store = inGroups(async (items: readonly StorableReading[]) => {
    const beganAtMs = performance.now()
    const verdicts = await storeReadings(deps, items)
    noteGroup(items.length, performance.now() - beganAtMs)
    return verdicts
  }, GROUPS)
  const note = inGroups(async (stored: readonly NotableReading[]) => {
    await noteLatestReadings(deps, stored)
    return stored
  }, GROUPS)

  return async (handedIn, allowance) => {
    // Taken before the registry is read: a device seen as active was active at this time.
    const receivedAt = deps.clock.now()
    const opened = handedIn.map(openReading)
    const ids = opened.flatMap((reading) =>
      reading instanceof Rejection ? [] : [reading.content.reading.device_id],
    )
    const devices = await byId([...new Set(ids)], lookUp)
    for (const device of devices.values()) expectUnchanging(device, deps.clock.now())
    const judging = { devices, receivedAt }
    const sound = await Promise.all(
      opened.map((reading) =>
        reading instanceof Rejection ? reading : judgeReading(deps, reading, judging),
      ),
    )
    const judged = sound.map((item) =>
      item instanceof Rejection ? item : withinAllowance(item, allowance),
    )
    const storable = judged.filter((item): item is StorableReading => !(item instanceof Rejection))
    const stored = storable.length > 0 ? await store(storable) : []
    // Duplicates too: whoever sends again may have had no answer because the process died before this line.
    const notable = stored.flatMap((verdict, index) => notableOf(verdict, storable[index]))
    if (notable.length > 0) await note(notable)
    const verdicts = stored.values()
    return judged.map((item) =>
      item instanceof Rejection
        ? { status: 'rejected', code: item.code, detail: item.message }
        : (verdicts.next().value ?? notStored()),
    )
  }
}

const notableOf = (verdict: ReadingVerdict, item?: StorableReading): NotableReading[] =>
  item && verdict.status !== 'rejected' ? [{ reading: item.reading, row: verdict.record }] : []

function notStored(): never {
  throw new Error('every storable reading has an answer')
}

async function byId(
  ids: readonly string[],
  lookUp: (ids: readonly string[]) => Promise<(ListedDevice | null)[]>,
): Promise<Map<string, ListedDevice>> {
  if (ids.length === 0) return new Map()
  const devices = await lookUp(ids)
  return new Map(devices.flatMap((device) => (device ? [[device._id, device]] : [])))
}
