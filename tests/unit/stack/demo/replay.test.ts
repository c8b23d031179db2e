import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Acceptance } from '../../../../shared/api/readings.ts'
import { toHex } from '../../../../shared/bytes.ts'
import { signedBytes, signedDigest, type Reading } from '../../../../shared/reading/index.ts'
import { deviceKeys } from '../../../../stack/demo/device-keys.ts'
import { measurementsOf } from '../../../../stack/demo/measurement.ts'
import { daysToPresent, movedBy } from '../../../../stack/demo/moved-scenario.ts'
import { isUnused, keptOutbox, readOutbox } from '../../../../stack/demo/outbox.ts'
import { TryLater } from '../../../../stack/demo/patience.ts'
import { openReplay, type ReplayOptions } from '../../../../stack/demo/replay.ts'
import { readScenario } from '../../../../stack/demo/scenarios.ts'
import { deviceTime } from '../../../../stack/demo/sign-readings.ts'
import { portalDouble } from './portal-double.ts'

const whole = await readScenario('helene')
const scenario = { ...whole, sites: whole.sites.slice(0, 4) }
/** Two days within one look at the clock. */
const SPEED = 1_000_000

const folders: string[] = []
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })))
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gridwitness-replay-'))
  folders.push(folder)
  return folder
}

async function optionsFor(folder: string, changes: Partial<ReplayOptions> = {}) {
  const keys = await deviceKeys(
    folder,
    scenario.sites.map(({ deviceId }) => deviceId),
  )
  const refusals: Acceptance[] = []
  const portal = portalDouble(keys)
  const options: ReplayOptions = {
    scenario,
    keys,
    folder,
    speed: SPEED,
    portal,
    signal: new AbortController().signal,
    onPresent: () => {},
    onRefusal: (refusal) => void refusals.push(refusal),
    onWait: () => {},
    ...changes,
  }
  return { options, portal, refusals }
}

const run = async (options: ReplayOptions) => {
  const replay = await openReplay(options)
  await replay.run()
  return replay.state()
}

const byDevice = (readings: Reading[]) =>
  [...Map.groupBy(readings, ({ device_id }) => device_id).values()].map((own) =>
    own.toSorted((a, b) => a.seq - b.seq),
  )

const facts = ({ device_id, seq, timestamp, power_status, reason }: Reading) =>
  `${device_id} ${seq} ${timestamp} ${power_status} ${reason}`

const expected = scenario.sites
  .flatMap((site) => [...measurementsOf(site, scenario)])
  .map(({ site, seq, at, status, reason }) =>
    [site.deviceId, seq, deviceTime(at), status, reason].join(' '),
  )
  .toSorted()

describe('a replay', () => {
  test('sends every reading of every sensor once, signed and labelled as simulated', async () => {
    const { options, portal } = await optionsFor(await newFolder())
    const state = await run(options)
    expect(portal.readings.map(facts).toSorted()).toEqual(expected)
    expect(portal.forged).toBe(0)
    expect(portal.duplicates).toBe(0)
    expect(new Set(portal.readings.map(({ firmware }) => firmware))).toEqual(new Set(['simulated']))
    expect(state).toMatchObject({ sent: expected.length, refused: 0 })
  })

  test('chains each reading to the one before it', async () => {
    const { options, portal } = await optionsFor(await newFolder())
    await run(options)
    for (const readings of byDevice(portal.readings)) {
      const digests = readings.map((reading) => toHex(signedDigest(signedBytes(reading))))
      expect(readings.map(({ previous }) => previous)).toEqual([undefined, ...digests.slice(0, -1)])
    }
  })

  test('counts who is without power when it is over', async () => {
    const { options } = await optionsFor(await newFolder())
    const { sensorsOff, sensorsOn, customersOff } = await run(options)
    const off = scenario.sites.filter(({ interruptions }) =>
      interruptions.some(
        ({ startAt, endAt }) => startAt < scenario.endAt && endAt >= scenario.endAt,
      ),
    )
    expect(off.length).toBeGreaterThan(0)
    expect(sensorsOff).toBe(off.length)
    expect(sensorsOn).toBe(scenario.sites.length - off.length)
    expect(customersOff).toBe(off.reduce((sum, { customers }) => sum + customers, 0))
  })

  test('repeats what the portal did not take, and drops nothing', async () => {
    const { options, portal } = await optionsFor(await newFolder())
    let requests = 0
    const postReadings = async (readings: Reading[]) => {
      requests += 1
      if (requests === 1) throw new TryLater('away', 1)
      const got = await portal.postReadings(readings)
      // The answer is lost on its way.
      if (requests === 2) throw new TryLater('no answer', 1)
      return got
    }
    const state = await run({ ...options, portal: { postReadings } })
    expect(portal.readings.map(facts).toSorted()).toEqual(expected)
    expect(portal.equivocations).toBe(0)
    expect(state).toMatchObject({ sent: expected.length, refused: 0 })
  })

  test('tells what the portal refuses', async () => {
    const { options, refusals } = await optionsFor(await newFolder())
    const refuse = (readings: Reading[]): Promise<Acceptance[]> =>
      Promise.resolve(
        readings.map(() => ({ status: 'rejected', code: 'unknown_device', detail: '' })),
      )
    const state = await run({ ...options, portal: { postReadings: refuse } })
    expect(state.refused).toBe(expected.length)
    expect(refusals).toHaveLength(expected.length)
  })

  test('continues after the crash of the machine at any request, and never reuses a number', async () => {
    const { options, portal } = await optionsFor(await newFolder())
    const crashed: string[] = []
    const first = {
      async postReadings(readings: Reading[]) {
        const answers = await portal.postReadings(readings)
        const copy = await newFolder()
        await cp(options.folder, copy, { recursive: true })
        crashed.push(copy)
        return answers
      },
    }
    await run({ ...options, portal: first })
    expect(crashed.length).toBeGreaterThan(1)

    for (const folder of crashed) {
      const state = await run({ ...options, folder })
      expect(state.sent).toBe(expected.length)
    }
    expect(portal.readings.map(facts).toSorted()).toEqual(expected)
    expect(portal.equivocations).toBe(0)
    expect(portal.duplicates).toBeGreaterThan(0)
  })

  test('stops when told to, and the next one goes on where it stopped', async () => {
    const stop = new AbortController()
    const { options, portal } = await optionsFor(await newFolder())
    const stopping = {
      postReadings(readings: Reading[]) {
        stop.abort()
        return portal.postReadings(readings)
      },
    }
    await expect(run({ ...options, portal: stopping, signal: stop.signal })).rejects.toThrow()
    expect(portal.readings.length).toBeGreaterThan(0)
    expect(portal.readings.length).toBeLessThan(expected.length)

    await run(options)
    expect(portal.readings.map(facts).toSorted()).toEqual(expected)
    expect(portal.duplicates).toBe(0)
  })

  test('that is over sends nothing again', async () => {
    const { options } = await optionsFor(await newFolder())
    const once = await run(options)
    const postReadings = () => Promise.reject(new Error('expected no request'))
    const again = await openReplay({ ...options, portal: { postReadings } })
    expect(again.state()).toEqual(once)
    await again.run()
    expect(again.state()).toEqual(once)
  })

  test('runs fast up to the present, tells so once, and sends nothing from the future', async () => {
    const stop = new AbortController()
    const { options, portal } = await optionsFor(await newFolder())
    const days = daysToPresent(scenario.beginAt, Date.now())
    const told: number[] = []
    const onPresent = (): void => {
      told.push(Date.now())
      stop.abort()
    }
    const moved = { ...options, scenario: movedBy(days, scenario), signal: stop.signal, onPresent }
    await expect(run(moved)).rejects.toThrow()
    expect(told).toHaveLength(1)
    const times = portal.readings.map(({ timestamp }) => Date.parse(timestamp))
    expect(Math.max(...times)).toBeLessThanOrEqual(told[0] ?? NaN)
    expect(Math.max(...times)).toBeGreaterThan((told[0] ?? NaN) - 2 * scenario.heartbeatMs)
    expect(portal.readings.some(({ reason, seq }) => reason === 'boot' && seq > 1)).toBe(true)
  })

  test('that had sent nothing has an unused outbox, one that had has not', async () => {
    const { options } = await optionsFor(await newFolder())
    expect(isUnused(await readOutbox(options.folder, scenario))).toBe(true)
    await run(options)
    const kept = await keptOutbox(options.folder, scenario.name)
    expect(kept).toMatchObject({ moved_days: 0, sensors: scenario.sites.length })
    expect(kept && isUnused(kept)).toBe(false)
  })

  test('keeps the keys of its sensors, and nothing half written', async () => {
    const folder = await newFolder()
    const { options } = await optionsFor(folder)
    await run(options)
    const again = await optionsFor(folder)
    const publicKeys = (keys: ReplayOptions['keys']) =>
      [...keys].map(([id, { publicKey }]) => [id, publicKey])
    expect(publicKeys(again.options.keys)).toEqual(publicKeys(options.keys))
    expect((await readdir(folder)).toSorted()).toEqual(['devices.json', 'outbox.json'])
  })

  test('refuses a folder of another scenario', async () => {
    const { options } = await optionsFor(await newFolder())
    await run(options)
    const other = { ...scenario, name: 'katrina' }
    await expect(openReplay({ ...options, scenario: other })).rejects.toThrow(
      'expected the scenario "katrina", got "helene"',
    )
  })
})
