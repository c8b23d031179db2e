import type { Clock } from '../server/adapters/clock.ts'
import { ensureIndexes } from '../server/models/index.ts'
import { readingIntake } from '../server/services/reading/accept-reading.ts'
import { enrolDevices } from '../server/services/device/enrol-devices.ts'
import { putArea } from '../server/services/area/put-area.ts'
import type { Reading, UnsignedReading } from '../shared/reading/index.ts'
import type { Stack } from '../stack/start.ts'
import { TestDevice } from './device.ts'
import { depsOn, openModels } from './integration/server/deps.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const PAST_MS = 6 * DAY_MS
/** What the portal has to be told, so that it hears these sensors as they speak. */
export const HEARTBEAT_MINUTES = 60
const NO_LIMIT = () => 0

export const CITY = 'in-br-patna'
export const WARD = 'in-br-patna-ward-1'
export const EMPTY = 'in-br-patna-ward-2'

/** Sensors enrolled and heard in the past, by the services themselves under a clock of that time. */
export async function liveThePast(stack: Stack) {
  const { models, close } = await openModels(stack)
  await ensureIndexes(models)
  const nowAt = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS
  let at = nowAt - PAST_MS
  const clock: Clock = { now: () => new Date(at) }
  const deps = depsOn(stack, models, clock)
  const ward = { kind: 'ward', geometry: null, parent_id: CITY }
  await putArea(deps, CITY, { ...ward, name: 'Patna', kind: 'city', parent_id: null })
  await putArea(deps, WARD, { ...ward, name: 'Kankarbagh' })
  await putArea(deps, EMPTY, { ...ward, name: 'Rajendra Nagar' })
  const transformer = new TestDevice('transformer', { customers_served: 60 })
  const street = new TestDevice('street', { stage: 'street', customers_served: 14 })
  const home = new TestDevice('home', {
    stage: 'house',
    customers_served: 1,
    latitude: undefined,
    longitude: undefined,
    location_commitment: 'ab'.repeat(32),
  })
  const enrolled = [transformer, street, home]
  await enrolDevices(
    deps,
    enrolled.map(({ facts }) => ({ area_id: WARD, device: facts })),
  )
  const hand = readingIntake(deps)
  const say = async (device: TestDevice, sayAt: number, members: Partial<UnsignedReading>) => {
    const timestamp = new Date(sayAt).toISOString().replace(/\.\d{3}Z$/, 'Z')
    at = sayAt
    const [verdict] = await hand([{ json: device.read({ timestamp, ...members }) }], NO_LIMIT)
    if (verdict?.status !== 'accepted') throw new Error(`expected it accepted: ${verdict?.status}`)
  }
  for (const [index, device] of enrolled.entries())
    for (const word of wordsOf(index, nowAt)) await say(device, word.at, word.members)
  at = nowAt
  // The home signs two readings under one number.
  const last: Partial<Reading> & UnsignedReading = home.read()
  delete last.device_signature
  const signedTwice = [home.sign(last), home.sign({ ...last, power_status: 'OFF' })]
  await hand(
    signedTwice.map((json) => ({ json })),
    NO_LIMIT,
  )
  await close()
  return { transformer, street, home }
}

interface Word {
  at: number
  members: Partial<UnsignedReading>
}

/** What a sensor says: a heartbeat an hour, and at its outages a change each way. Outages are of minutes before now. */
function wordsOf(index: number, nowAt: number): Word[] {
  const outages = OUTAGES[index] ?? []
  const offAt = (minutes: number) => outages.some(([from, to]) => minutes <= from && minutes > to)
  const words: (Word & { minutes: number })[] = []
  const add = (minutes: number, members: Partial<UnsignedReading>) =>
    words.push({ minutes, at: nowAt - minutes * MINUTE_MS, members })
  for (let minutes = PAST_MS / MINUTE_MS - 1; minutes >= 20; minutes -= HEARTBEAT_MINUTES)
    if (!offAt(minutes) && !isSilent(index, minutes))
      add(minutes, { voltage_mv: 228_000 + ((minutes * 37) % 9) * 1000 })
  for (const [from, to] of outages) {
    add(from, { power_status: 'OFF', reason: 'change' })
    if (to > 0) add(to, { reason: 'change' })
  }
  return words.sort((a, b) => b.minutes - a.minutes)
}

/** From and to, in minutes before now; up to 0 goes on. */
const OUTAGES: readonly (readonly (readonly [number, number])[])[] = [
  [
    [4000, 3880],
    [300, 210],
  ],
  [
    [4000, 3997],
    [299, 230],
    [40, 0],
  ],
  [[2000, 1900]],
]

/** The home was not heard for a day. */
const isSilent = (index: number, minutes: number) => index === 2 && minutes < 5000 && minutes > 3500
