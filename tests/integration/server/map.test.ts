import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { drawMap, type MapQuery } from '../../../server/services/draw-map.ts'
import { enrolDevices } from '../../../server/services/enrol-devices.ts'
import { changeDevice } from '../../../server/services/change-device.ts'
import { readingIntake } from '../../../server/services/accept-reading.ts'
import { findArea, listAreas } from '../../../server/services/list-areas.ts'
import { putArea } from '../../../server/services/put-area.ts'
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
