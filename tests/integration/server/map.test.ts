import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deriveOutages } from '../../../server/services/outage/derive-outages.ts'
import { drawMap, type MapQuery } from '../../../server/services/map/draw-map.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { changeDevice } from '../../../server/services/device/change-device.ts'
import { readingIntake } from '../../../server/services/reading/accept-reading.ts'
import { noteLatestReadings } from '../../../server/services/reading/note-latest-readings.ts'
import { lease } from '../../../server/services/lease.ts'
import { findArea, listAreas } from '../../../server/services/area/list-areas.ts'
import { putArea } from '../../../server/services/area/put-area.ts'
import { mapSchema, MAX_MAP_FEATURES, type MapAnswer } from '../../../shared/api/map.ts'
import { TestDevice } from '../../device.ts'
import { startServices, type ServiceTest } from './deps.ts'

const WORLD = [-180, -90, 180, 90] as const
const NO_LIMIT = () => 0
const MINUTE_MS = 60_000

let test: ServiceTest
beforeAll(async () => {
  test = await startServices()
})
afterAll(() => test?.stop())
beforeEach(async () => {
  await putArea(test.deps, 'patna', {
    name: 'Patna',
    kind: 'district',
    parent_id: null,
    geometry: null,
  })
})

const look = async (bbox: MapQuery['bbox'] = WORLD): Promise<MapAnswer> =>
  mapSchema.parse(await drawMap(test.deps, { bbox }))

const enrol = (...devices: TestDevice[]) =>
  enrolDevices(
    test.deps,
    devices.map(({ facts }) => ({ area_id: 'patna', device: facts })),
  )

/** Takes in what was reported so far. */
async function derive(): Promise<void> {
  const own = lease(test.deps, 'outages', randomUUID())
  await deriveOutages(test.deps, own)
  await own.release()
}

const report = (device: TestDevice, power_status: 'ON' | 'OFF') => {
  const timestamp = `${test.clock.now().toISOString().slice(0, 19)}Z`
  const json = device.read({ power_status, timestamp, reason: 'change' })
  return readingIntake(test.deps)([{ json }], NO_LIMIT)
}

const stateOf = ({ features }: MapAnswer, device: TestDevice) => {
  const found = features.find(({ id }) => id === device.facts.device_id)
  return found?.properties.kind === 'device' ? found.properties.state : null
}

describe('the map', () => {
  it('shows what a device said last, and silence once it says nothing', async () => {
    const device = new TestDevice('shown')
    await enrol(device)
    expect(stateOf(await look(), device)).toBe('silent')
    await report(device, 'ON')
    expect(stateOf(await look(), device)).toBe('on')
    await report(device, 'OFF')
    expect(stateOf(await look(), device)).toBe('off')
    await report(device, 'ON')
    test.clock.advance(46 * MINUTE_MS)
    expect(stateOf(await look(), device)).toBe('silent')
  })

  it('shows a reading as soon as it is noted, however long after it came that is', async () => {
    const device = new TestDevice('noted late')
    await enrol(device)
    for (const [seq, power_status] of [
      [1, 'ON'],
      [2, 'OFF'],
    ] as const) {
      expect(stateOf(await look(), device)).toBe(seq === 1 ? 'silent' : 'on')
      const timestamp = `${test.clock.now().toISOString().slice(0, 19)}Z`
      const reading = { ...device.facts, seq, power_status, timestamp }
      const ordered_at = new Date(test.clock.now().getTime() - MINUTE_MS)
      const row = { _id: `noted late ${seq}`, ordered_at }
      await noteLatestReadings(test.deps, [{ reading: reading as never, row }])
    }
    expect(stateOf(await look(), device)).toBe('off')
  })

  it('follows a device that moves, and loses one that is suspended', async () => {
    const device = new TestDevice('moving')
    await enrol(device)
    const near: [number, number, number, number] = [85, 25, 86, 26]
    expect(stateOf(await look(near), device)).toBe('silent')
    const by = { approved_by: 'admin:7f3a', reason: 'a test' }
    await changeDevice(test.deps, device.facts.device_id, {
      event: 'moved',
      area_id: 'patna',
      latitude: 26.5,
      longitude: 85.5,
      ...by,
    })
    expect(stateOf(await look(near), device)).toBeNull()
    expect(stateOf(await look([85, 26, 86, 27]), device)).toBe('silent')
    await changeDevice(test.deps, device.facts.device_id, { event: 'suspended', ...by })
    expect(stateOf(await look(), device)).toBeNull()
  })

  it('draws clusters where there are many, and loses none', async () => {
    const before = await look()
    const row = await test.deps.models.devices.findOne().lean()
    const rows = Array.from({ length: 5000 }, (_, n) => ({
      ...row,
      _id: createHash('sha256').update(`many ${n}`).digest('hex').slice(0, 18).toUpperCase(),
      status: 'active' as const,
      point: { type: 'Point', coordinates: [84 + (n % 100) / 25, 24 + Math.floor(n / 100) / 15] },
      latest_event_at: test.clock.now(),
    }))
    await test.deps.models.devices.collection.insertMany(rows as never)
    const { features, counts } = await look()
    const all = counts.on + counts.off + counts.silent
    expect(all).toBe(before.counts.on + before.counts.off + before.counts.silent + 5000)
    expect(features.length).toBeLessThanOrEqual(MAX_MAP_FEATURES)
    const shown = features.flatMap(({ properties }) =>
      properties.kind === 'cluster' ? [properties.counts] : [],
    )
    expect(shown.length).toBe(features.length)
    expect(shown.reduce((sum, { on, off, silent }) => sum + on + off + silent, 0)).toBe(all)
    const near = await look([84, 24, 84.5, 24.5])
    expect(near.features.every(({ properties }) => properties.kind === 'device')).toBe(true)
    await test.deps.models.devices.deleteMany({ _id: { $in: rows.map(({ _id }) => _id) } })
  })
})

describe('the map of a moment past', () => {
  /** Where these devices stand, few enough to be drawn one by one. */
  const AROUND = [85.1, 25.5, 85.2, 25.6] as const
  const textOf = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`
  const by = { approved_by: 'admin:7f3a', reason: 'a test' }

  it('shows each device as it was, an outage by when it began', async () => {
    test.clock.advance(1000 - (test.clock.now().getTime() % 1000))
    const device = new TestDevice('replayed', { customers_served: 7 })
    const startAt = test.clock.now().getTime()
    const at = (minutes: number) => textOf(startAt + minutes * MINUTE_MS)
    await putArea(test.deps, 'past', {
      name: 'Past',
      kind: 'block',
      parent_id: null,
      geometry: null,
    })
    await enrolDevices(test.deps, [{ area_id: 'past', device: device.facts }])
    const then = async (minutes: number) => {
      const map = mapSchema.parse(await drawMap(test.deps, { bbox: AROUND, at: at(minutes) }))
      const found = map.features.find(({ id }) => id === device.facts.device_id)
      expect(map.as_of).toBe(at(minutes))
      if (found?.properties.kind !== 'device') return null
      return [found.properties.state, found.properties.since]
    }
    test.clock.advance(10 * MINUTE_MS)
    await report(device, 'ON')
    test.clock.advance(10 * MINUTE_MS)
    await report(device, 'OFF')
    test.clock.advance(20 * MINUTE_MS)
    await report(device, 'ON')
    test.clock.advance(120 * MINUTE_MS)
    await derive()
    expect(await then(-1)).toBeNull()
    expect(await then(5)).toEqual(['silent', null])
    expect(await then(15)).toEqual(['on', at(10)])
    expect(await then(20)).toEqual(['off', at(20)])
    expect(await then(39)).toEqual(['off', at(20)])
    expect(await then(40)).toEqual(['on', at(40)])
    expect(await then(54)).toEqual(['on', at(40)])
    expect(await then(100)).toEqual(['silent', at(55)])

    const { items } = await listAreas(test.deps, { limit: 500, at: at(30) })
    expect(items.find(({ area_id }) => area_id === 'past')).toMatchObject({
      counts: { on: 0, off: 1, silent: 0 },
      customers_off: 7,
      customers_served: 7,
    })

    // Suspended meanwhile, in service again now.
    await changeDevice(test.deps, device.facts.device_id, { event: 'suspended', ...by })
    test.clock.advance(10 * MINUTE_MS)
    await changeDevice(test.deps, device.facts.device_id, { event: 'resumed', ...by })
    test.clock.advance(10 * MINUTE_MS)
    await derive()
    await drawMap(test.deps, { bbox: AROUND, at: at(165) })
    expect(await then(165)).toBeNull()
    expect(await then(30)).toEqual(['off', at(20)])
    expect((await then(175))?.[0]).toBe('silent')
  })

  it('takes in what arrives late', async () => {
    test.clock.advance(1000 - (test.clock.now().getTime() % 1000))
    const device = new TestDevice('late')
    await enrol(device)
    const startAt = test.clock.now().getTime()
    const at = (minutes: number) => textOf(startAt + minutes * MINUTE_MS)
    await report(device, 'ON')
    test.clock.advance(30 * MINUTE_MS)
    const then = async () => stateOf(await drawMap(test.deps, { bbox: AROUND, at: at(20) }), device)
    expect(await then()).toBe('on')
    const backlog = [
      device.read({ timestamp: at(10), power_status: 'OFF', reason: 'last_gasp' }),
      device.read({ timestamp: at(30), power_status: 'ON', reason: 'boot' }),
    ]
    await readingIntake(test.deps)(
      backlog.map((json) => ({ json })),
      NO_LIMIT,
    )
    await derive()
    test.clock.advance(2 * MINUTE_MS)
    await then()
    await expect.poll(then).toBe('off')
  })

  it('goes back two days, and never ahead', async () => {
    const hours = (count: number) => textOf(test.clock.now().getTime() + count * 60 * MINUTE_MS)
    const look = (at: string) => drawMap(test.deps, { bbox: AROUND, at })
    expect((await look(hours(-48))).as_of).toBe(hours(-48))
    await expect(look(hours(-49))).rejects.toMatchObject({ code: 'malformed' })
    await expect(look(hours(1))).rejects.toMatchObject({ code: 'malformed' })
  })
})

describe('an area', () => {
  it('says how much of it is heard, and nothing where no device is', async () => {
    await putArea(test.deps, 'heard', {
      name: 'Heard',
      kind: 'block',
      parent_id: null,
      geometry: null,
    })
    expect(await findArea(test.deps, 'heard')).toMatchObject({ coverage: null })
    const [loud, quiet] = [new TestDevice('loud'), new TestDevice('quiet')]
    await enrolDevices(
      test.deps,
      [loud, quiet].map(({ facts }) => ({ area_id: 'heard', device: facts })),
    )
    await report(loud, 'ON')
    expect(await findArea(test.deps, 'heard')).toMatchObject({ coverage: 0.5 })
  })

  it('counts what is below it, now; the list counts once for all who ask within a second', async () => {
    const area = { kind: 'block', geometry: null }
    await putArea(test.deps, 'above', { ...area, name: 'Above', parent_id: null })
    await putArea(test.deps, 'below', { ...area, name: 'Below', parent_id: 'above' })
    const device = new TestDevice('in the area below')
    await enrolDevices(test.deps, [{ area_id: 'below', device: device.facts }])
    test.clock.advance(1_000)
    const listed = async () => {
      const { items } = await listAreas(test.deps, { limit: 500, geometry: 'none' })
      return items.find(({ area_id }) => area_id === 'above')?.counts
    }
    const [on, silent] = [
      { on: 1, off: 0, silent: 0 },
      { on: 0, off: 0, silent: 1 },
    ]
    expect(await listed()).toEqual(silent)
    await report(device, 'ON')
    expect(await findArea(test.deps, 'above')).toMatchObject({ counts: on, coverage: 1 })
    expect(await listed()).toEqual(silent)
    test.clock.advance(1_000)
    expect(await listed()).toEqual(on)
  })

  it('comes without its outline where none is asked for', async () => {
    const ring: [number, number][] = [
      [85, 25],
      [86, 25],
      [86, 26],
      [85, 25],
    ]
    const geometry = { type: 'Polygon' as const, coordinates: [ring] }
    await putArea(test.deps, 'drawn', { name: 'Drawn', kind: 'block', parent_id: null, geometry })
    const outlineOf = async (geometry?: 'none') => {
      const { items } = await listAreas(test.deps, { limit: 500, geometry })
      return items.find(({ area_id }) => area_id === 'drawn')?.geometry
    }
    expect(await outlineOf()).toMatchObject({ type: 'Polygon' })
    expect(await outlineOf('none')).toBeNull()
  })
})
