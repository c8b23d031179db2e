import type { MessageVerdict } from '../../../shared/api/readings.ts'
import type { Deps } from '../deps.ts'
import { inGroups } from './in-groups.ts'
import { judgeReading, withinAllowance, type DeviceAllowance } from './judge-reading.ts'
import { openReading, type HandedIn } from './open-reading.ts'
import { expectUnchanging, findDevices, type ListedDevice } from './registry.ts'
import { Rejection } from './rejection.ts'
import { storeReadings, type StorableReading } from './store-readings.ts'

/** Takes readings as they came, answers for each in the same order. */
export type ReadingIntake = (
  handedIn: readonly HandedIn[],
  allowance: DeviceAllowance,
) => Promise<MessageVerdict[]>

/** As many as one request may carry. */
const MAX_GROUP = 1_000

/**
 * Road step 4, one for a process. What is answered `accepted` or `duplicate` is durable in the database and bears a signed
 * receipt; what is `rejected` changed nothing, but for an equivocation, which is kept as evidence. Throws only when the
 * database is away, or `store_unavailable` in the moment in which a device is changed: then nothing was promised. Whoever
 * comes at the same time shares the look at the registry and the write. `noteGroup` hears of every write, with its readings
 * and the ms it took.
 */
export function readingIntake(
  deps: Deps,
  noteGroup: (size: number, durationMs: number) => void = () => {},
): ReadingIntake {
  const lookUp = inGroups((ids: readonly string[]) => findDevices(deps, ids), {
    maxItems: MAX_GROUP,
    atOnce: 1,
  })
  const storeGroup = async (items: readonly StorableReading[]) => {
    const beganAtMs = performance.now()
    const verdicts = await storeReadings(deps, items)
    noteGroup(items.length, performance.now() - beganAtMs)
    return verdicts
  }
  const store = inGroups(storeGroup, {
    maxItems: MAX_GROUP,
    atOnce: 1,
  })

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
    const verdicts = stored.values()
    return judged.map((item) =>
      item instanceof Rejection
        ? { status: 'rejected', code: item.code, detail: item.message }
        : (verdicts.next().value ?? notStored()),
    )
  }
}

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
