import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ensureIndexes, type Models } from '../../../server/models/index.ts'
import { changeDevice } from '../../../server/services/device/change-device.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { findArea, listAreas } from '../../../server/services/area/list-areas.ts'
import { putArea } from '../../../server/services/area/put-area.ts'
import type { AreaGeometry, Position } from '../../../shared/area-geometry.ts'
import type { DeviceFacts } from '../../../shared/record/index.ts'
import { startMongo, type Mongo } from '../../../stack/mongodb/index.ts'
import { readBihar } from '../../../stack/demo/bihar.ts'
import { TestDevice } from '../../device.ts'
import { openModels, TestClock } from './deps.ts'

/** What areas and devices need of the services' world: the real database and a clock. */
type Needed = Pick<Deps, 'models' | 'clock' | 'settings'>

let dir: string
let mongo: Mongo
let models: Models
let close: () => Promise<void>
let deps: Deps

const settings = {
  batchIntervalMs: 60_000,
  maxBatchRecords: 100,
  confirmations: 1,
  heartbeatMs: 900_000,
  bumpAfterMs: 60_000,
  leaseMs: 30_000,
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gridwitness-areas-'))
  mongo = await startMongo({ dir })
  const opened = await openModels({ mongodbUri: mongo.uri })
  models = opened.models
  close = opened.close
  await ensureIndexes(models)
  deps = onlyWith({ models, clock: new TestClock(), settings })
})
afterAll(async () => {
  await close?.()
  await mongo?.stop()
  await rm(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  await models.areas.deleteMany({})
  await models.devices.deleteMany({})
  await models.records.deleteMany({})
})

/** Whoever asks for anything else fails. */
const onlyWith = (needed: Needed): Deps => {
  const absent = (name: string) => (): never => {
    throw new Error(`${name}: expected not to be needed`)
  }
  const all = { ...needed }
  return Object.defineProperties(all as Deps, {
    ipfs: { get: absent('ipfs') },
    ethereum: { get: absent('ethereum') },
    logKey: { get: absent('logKey') },
    verifier: { get: absent('verifier') },
  })
}

const box = (west: number, south: number, east: number, north: number): Position[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
]
const polygon = (...coordinates: Position[][]): AreaGeometry => ({ type: 'Polygon', coordinates })

const put = (id: string, parent_id: string | null, geometry: AreaGeometry | null) =>
  putArea(deps, id, { name: id, kind: 'area', parent_id, geometry })

/** A state without outline, two districts side by side, a block in the west of the first. */
async function putTree(): Promise<void> {
  await put('state', null, null)
  await put('west', 'state', polygon(box(85, 25, 86, 26)))
  await put('east', 'state', polygon(box(86, 25, 88, 26)))
  await put('block', 'west', polygon(box(85, 25, 85.5, 26)))
}

const deviceAt = (name: string, latitude: number, longitude: number): DeviceFacts =>
  new TestDevice(name, { latitude, longitude }).facts

const areaOf = async ({ device_id }: DeviceFacts): Promise<string | undefined> =>
  (await models.devices.findById(device_id).lean())?.area_id

async function enrolledAt(latitude: number, longitude: number): Promise<string | undefined> {
  const device = deviceAt(`at ${latitude} ${longitude}`, latitude, longitude)
  await enrolDevices(deps, [{ device }])
  return areaOf(device)
}

describe('an area', () => {
  it('keeps its outline as it came, and answers a simpler one for the map', async () => {
    const bumpy = box(85, 25, 86, 26).toSpliced(1, 0, [85.5, 25.000001])
    await put('bumpy', null, polygon(bumpy))
    expect(await models.areas.findById('bumpy').lean()).toMatchObject({
      geometry: polygon(bumpy),
    })
    const simple = polygon(box(85, 25, 86, 26))
    expect(await findArea(deps, 'bumpy')).toMatchObject({ geometry: simple })
    const { items } = await listAreas(deps, { limit: 10 })
    expect(items).toMatchObject([{ area_id: 'bumpy', geometry: simple }])
  })

  it('says whether it is urban or rural, and null where nobody said', async () => {
    const facts = { kind: 'ward', parent_id: null, geometry: null }
    await putArea(deps, 'said', { name: 'said', area_type: 'urban', ...facts })
    await putArea(deps, 'unsaid', { name: 'unsaid', ...facts })
    const { items } = await listAreas(deps, { limit: 10 })
    expect(items.map(({ area_type }) => area_type)).toEqual(['urban', null])
    expect(await findArea(deps, 'said')).toMatchObject({ area_type: 'urban' })
  })

  it('may be without outline, and lose the one it had', async () => {
    await put('vague', null, polygon(box(85, 25, 86, 26)))
    await put('vague', null, null)
    expect(await findArea(deps, 'vague')).toMatchObject({ geometry: null })
    await expect(enrolledAt(25.5, 85.5)).rejects.toMatchObject({ code: 'unknown_area' })
  })

  it.each<[string, Position[][]]>([
    [
      'crosses itself',
      [
        [
          [85, 25],
          [86, 26],
          [86, 25],
          [85, 26],
          [85, 25],
        ],
      ],
    ],
    [
      'comes back to a corner',
      [
        [
          [85, 25],
          [86, 25],
          [85.5, 25.5],
          [86, 26],
          [85, 26],
          [85.5, 25.5],
          [85, 25],
        ],
      ],
    ],
    ['has its hole outside', [box(85, 25, 86, 26), box(87, 25, 87.5, 25.5)]],
  ])('whose ring %s is refused, and what stood there stands', async (_, rings) => {
    const refused = await put('bad', null, polygon(...rings)).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'malformed' })
    expect(String(refused)).toMatch(/geometry: expected rings that .* got: \S/)
    expect(String(refused)).not.toContain('coordinates')
    expect(await models.areas.countDocuments({})).toBe(0)

    await put('bad', null, polygon(box(85, 25, 86, 26)))
    await expect(put('bad', null, polygon(...rings))).rejects.toMatchObject({ code: 'malformed' })
    expect(await findArea(deps, 'bad')).toMatchObject({ geometry: polygon(box(85, 25, 86, 26)) })
  })

  it('cannot lie in one that lies in it', async () => {
    await putTree()
    await expect(put('state', 'block', null)).rejects.toMatchObject({ code: 'malformed' })
    await expect(put('state', 'nowhere', null)).rejects.toMatchObject({ code: 'unknown_area' })
  })
})

describe('a device enrolled without an area', () => {
  beforeEach(putTree)

  it('belongs to the innermost area that holds it', async () => {
    expect(await enrolledAt(25.5, 85.25)).toBe('block')
    expect(await enrolledAt(25.5, 85.75)).toBe('west')
    expect(await enrolledAt(25.5, 87)).toBe('east')
  })

  it('belongs to the child where the child is drawn as large as its parent or larger', async () => {
    await put('only', 'east', polygon(box(86, 25, 88.1, 26)))
    expect(await enrolledAt(25.5, 87)).toBe('only')
  })

  it('belongs to the smallest where areas of several trees overlap', async () => {
    await put('grid', null, polygon(box(84, 24, 89, 27)))
    await put('feeder', 'grid', polygon(box(86.9, 25.4, 87.1, 25.6)))
    expect(await enrolledAt(25.5, 87)).toBe('feeder')
    expect(await enrolledAt(25.5, 87.5)).toBe('east')
    expect(await enrolledAt(26.5, 87.5)).toBe('grid')
  })

  it('belongs to one of the neighbours on a border: to the smaller, always the same', async () => {
    expect(await enrolledAt(25.5, 86)).toBe('west')
    expect(await enrolledAt(25.5, 85.5)).toBe('block')
    expect(await enrolledAt(25, 86)).toBe('west')
  })

  it('does not belong to an area in whose hole it stands', async () => {
    await put('ring', 'east', polygon(box(86.2, 25.2, 87, 25.8), box(86.4, 25.4, 86.8, 25.6)))
    expect(await enrolledAt(25.5, 86.6)).toBe('east')
    expect(await enrolledAt(25.3, 86.6)).toBe('ring')
  })

  it('is refused outside all areas, by the point, and nobody of the request is enrolled', async () => {
    const inside = deviceAt('inside', 25.5, 85.25)
    const outside = deviceAt('outside', 48.1, 11.5)
    const asked = enrolDevices(deps, [{ device: inside }, { device: outside }])
    await expect(asked).rejects.toMatchObject({
      code: 'unknown_area',
      message: expect.stringContaining('latitude 48.1, longitude 11.5') as string,
    })
    expect(await models.devices.countDocuments({})).toBe(0)
  })

  it('is refused where its place is committed to, without a word of the commitment', async () => {
    const location_commitment = 'd5'.repeat(32)
    const place = { latitude: undefined, longitude: undefined, location_commitment }
    const { facts } = new TestDevice('home', place)
    const refused = await enrolDevices(deps, [{ device: facts }]).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'malformed' })
    expect(String(refused)).toContain('area_id: expected one beside location_commitment')
    expect(String(refused)).not.toContain(location_commitment)
    await enrolDevices(deps, [{ area_id: 'state', device: facts }])
    expect(await areaOf(facts)).toBe('state')
  })

  it('stays where it was enrolled when areas change and the same is asked again', async () => {
    const device = deviceAt('settled', 25.5, 87)
    await enrolDevices(deps, [{ device }])
    await put('new', 'east', polygon(box(86.5, 25.2, 87.5, 25.8)))
    expect(await enrolDevices(deps, [{ device }])).toMatchObject([{ status: 'already_enrolled' }])
    expect(await areaOf(device)).toBe('east')
  })

  it('belongs to the area that is stated, wherever it stands', async () => {
    const device = deviceAt('stated', 25.5, 85.25)
    await enrolDevices(deps, [{ area_id: 'east', device }])
    expect(await areaOf(device)).toBe('east')
  })
})

describe('a device that moves', () => {
  const moved = { event: 'moved', approved_by: 'admin:7f3a', reason: 'a test' } as const
  const device = deviceAt('mover', 25.5, 85.25)
  const move = (place: object) => changeDevice(deps, device.device_id, { ...moved, ...place })

  beforeEach(async () => {
    await putTree()
    await enrolDevices(deps, [{ device }])
  })

  it('belongs to the innermost area that holds its new place', async () => {
    await move({ latitude: 25.5, longitude: 87 })
    expect(await areaOf(device)).toBe('east')
  })

  it('belongs to the area that is stated', async () => {
    await move({ latitude: 25.5, longitude: 87, area_id: 'state' })
    expect(await areaOf(device)).toBe('state')
  })

  it('is refused outside all areas and stays where it was', async () => {
    const away = move({ latitude: 48.1, longitude: 11.5 })
    await expect(away).rejects.toMatchObject({ code: 'unknown_area' })
    expect(await areaOf(device)).toBe('block')
  })

  it('takes an area to a place that is committed to', async () => {
    const location_commitment = 'd5'.repeat(32)
    await expect(move({ location_commitment })).rejects.toMatchObject({ code: 'malformed' })
    await move({ location_commitment, area_id: 'west' })
    expect(await areaOf(device)).toBe('west')
  })
})

describe('all areas of Bihar', () => {
  it('are taken, and hold the 534 headquarters in its blocks, found along the index', async () => {
    const bihar = await readBihar()
    for (const { id, request } of await bihar.areasFor(bihar.sites)) {
      await putArea(deps, id, request)
    }
    const devices = bihar.sites.map(({ latitude, longitude }, index) => ({
      device: deviceAt(`bihar ${index}`, latitude, longitude),
    }))
    await enrolDevices(deps, devices)
    const areas = await models.devices.distinct('area_id')
    expect(areas.filter((id) => !id.startsWith('in-br-block-'))).toEqual([])
    const point = { type: 'Point', coordinates: [85.1376, 25.5941] }
    const plan = await models.areas
      .find({ geometry: { $geoIntersects: { $geometry: point } } })
      .explain('queryPlanner')
    expect(JSON.stringify(plan)).toContain('geometry_2dsphere')
  }, 60_000)
})
