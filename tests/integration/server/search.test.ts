import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AREA_NAME_COLLATION } from '../../../server/models/index.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { putArea } from '../../../server/services/area/put-area.ts'
import { searchPlaces } from '../../../server/services/map/search-places.ts'
import { searchSchema } from '../../../shared/api/search.ts'
import { TestDevice } from '../../device.ts'
import { startServices, type ServiceTest } from './deps.ts'

const square: [number, number][] = [
  [85, 25],
  [86, 25],
  [86, 26],
  [85, 26],
  [85, 25],
]
const device = new TestDevice('searched')

let test: ServiceTest
beforeAll(async () => {
  test = await startServices()
  const put = (id: string, name: string, parent_id: string | null, isDrawn = false) =>
    putArea(test.deps, id, {
      name,
      kind: 'block',
      parent_id,
      geometry: isDrawn ? { type: 'Polygon', coordinates: [square] } : null,
    })
  await put('in-br', 'Bihar', null)
  await put('gaya', 'Gaya', 'in-br')
  await put('patna', 'Patna', 'in-br', true)
  await put('patna-sadar', 'PATNA Sadar', 'patna')
  await put('rampur-gaya', 'Rampur', 'gaya')
  await put('rampur-patna', 'Rampur', 'patna')
  await put('paris', 'Évry', null)
  await put('hindi', 'पटना सिटी', 'patna')
  await enrolDevices(test.deps, [{ area_id: 'rampur-gaya', device: device.facts }])
})
afterAll(() => test?.stop())

const find = async (q: string) => searchSchema.parse(await searchPlaces(test.deps, q)).items
const names = async (q: string) =>
  (await find(q)).map((item) => (item.kind === 'area' ? item.name : item.device_id))

describe('a search', () => {
  it('finds areas by the beginning of their name, whatever the case, the accents or the script', async () => {
    expect(await names('paT')).toEqual(['Patna', 'PATNA Sadar'])
    expect(await names('evr')).toEqual(['Évry'])
    expect(await names('पटना')).toEqual(['पटना सिटी'])
    expect(await names('atna')).toEqual([])
  })

  it('tells twins apart by what they lie in', async () => {
    const within = (await find('rampur')).map(({ within }) => within.map(({ name }) => name))
    expect(within.toSorted()).toEqual([
      ['Gaya', 'Bihar'],
      ['Patna', 'Bihar'],
    ])
  })

  it('says where an area lies, or that nobody drew it', async () => {
    expect(await find('patna')).toMatchObject([
      { area_id: 'patna', bbox: [85, 25, 86, 26] },
      { area_id: 'patna-sadar', bbox: null },
    ])
  })

  it('finds areas by the beginning of their id, each once', async () => {
    expect(await names('RAMPUR-G')).toEqual(['Rampur'])
    expect(await find('gaya')).toHaveLength(1)
  })

  it('finds devices by at least four digits of their id', async () => {
    const { device_id } = device.facts
    const found = { kind: 'device', device_id, area_id: 'rampur-gaya', state: 'silent' }
    expect(await find(device_id.slice(0, 4).toLowerCase())).toMatchObject([
      { ...found, within: [{ name: 'Rampur' }, { name: 'Gaya' }, { name: 'Bihar' }] },
    ])
    expect(await names(device_id.slice(0, 3))).toEqual([])
  })

  it('takes what people type for text, never for a pattern', async () => {
    expect(await names('.*')).toEqual([])
    expect(await names('P(')).toEqual([])
    expect(await names('\uffff')).toEqual([])
  })

  it('goes along the index of names', async () => {
    const plan = await test.deps.models.areas
      .find({ name: { $gte: 'pat', $lt: 'pat\uffff' } })
      .collation(AREA_NAME_COLLATION)
      .sort({ name: 1 })
      .explain('queryPlanner')
    expect(JSON.stringify(plan)).toContain('name_in_any_case')
    expect(JSON.stringify(plan)).not.toContain('COLLSCAN')
  })
})
