import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { areaRequestSchema } from '../../../shared/api/devices.ts'
import { problem, startPortal, type Request } from './portal.ts'
import { gridwitness } from './session.ts'

vi.setConfig({ testTimeout: 30_000 })

const env = { GRIDWITNESS_ADMIN_TOKEN: 'token' }

/** A portal that knows the state and takes any area. */
const listening = (refuse: (request: Request) => boolean = () => false) =>
  startPortal((request) => {
    if (request.method === 'PUT') {
      areaRequestSchema.parse(request.body)
      return refuse(request) ? problem(400, 'malformed', 'geometry: no') : { status: 204 }
    }
    if (request.path !== '/api/v1/areas/in-br') return problem(404, 'not_found', 'area: none')
    const none = {
      counts: { on: 0, off: 0, silent: 0 },
      customers_off: 0,
      customers_served: 0,
      coverage: null,
    }
    const state = {
      area_id: 'in-br',
      name: 'Bihar',
      kind: 'state',
      parent_id: null,
      area_type: null,
      ...none,
    }
    return { status: 200, body: { ...state, geometry: null } }
  })

/** A square of half a degree, clockwise as many files have it, more exact than anyone needs. */
const square = (west: number, south: number) => [
  [west, south],
  [west, south + 0.5],
  [west, south + 0.50000001],
  [west + 0.5, south + 0.5, 53.2],
  [west + 0.50000004, south],
  [west, south],
]

const feature = (properties: object, ring: number[][] = square(85, 25)) => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Polygon', coordinates: [ring] },
})
const patna = feature({ code: 28, district: 'Patna', of: 'br' })
const champaran = feature({ code: 2, district: 'Pūrba Champāran', of: 'br' }, square(84, 26))

function fileWith(features: object[], more: object = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'gridwitness-import-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'areas.geojson')
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', ...more, features }))
  return file
}

const words = (file: string, portal: string, id = 'in-br-{district}') => [
  ...['area', 'import', file, '--portal', portal, '--kind', 'district'],
  ...['--id', id, '--name', 'district'],
]

it('every feature becomes an area, with the name and id its properties give', async () => {
  await using portal = await listening()
  const args = [...words(fileWith([champaran, patna]), portal.url), '--parent-id', 'in-br']
  const { stdout, stderr, code } = await gridwitness(args, { env })
  expect(stderr).toBe('')
  expect(stdout).toBe(
    [
      'area in-br-purba-champaran stands as "Pūrba Champāran" (district in in-br)',
      'area in-br-patna stands as "Patna" (district in in-br)',
      '2 areas stand',
      '',
    ].join('\n'),
  )
  expect(code).toBe(0)
  const [, first, second] = portal.requests
  expect([first?.method, first?.path, first?.headers.authorization]).toEqual([
    'PUT',
    '/api/v1/admin/areas/in-br-purba-champaran',
    'Bearer token',
  ])
  // Rounded to 6 decimals, without altitude and repeated position; the way it runs is kept.
  const ring = [
    [85, 25],
    [85, 25.5],
    [85.5, 25.5],
    [85.5, 25],
    [85, 25],
  ]
  expect(second?.body).toEqual({
    name: 'Patna',
    kind: 'district',
    area_type: null,
    parent_id: 'in-br',
    geometry: { type: 'Polygon', coordinates: [ring] },
  })
})

it.each([
  ['urban', ['urban', 'urban', 'urban']],
  ['{class}', ['rural', null, 'urban']],
])('--type %s says which clocks complaints go by', async (type, expected) => {
  await using portal = await listening()
  const file = fileWith([
    feature({ district: 'A', class: 'Rural' }),
    feature({ district: 'B' }),
    feature({ district: 'C', class: 'urban' }),
  ])
  const { code } = await gridwitness([...words(file, portal.url), '--type', type], { env })
  expect(code).toBe(0)
  const areas = portal.requests.map(({ body }) => areaRequestSchema.parse(body))
  expect(areas.map(({ area_type }) => area_type)).toEqual(expected)
})

it('parents go before their children, wherever they stand in the file', async () => {
  await using portal = await listening()
  const tree = [
    feature({ id: 'c', in: 'b', district: 'C' }),
    feature({ id: 'b', in: 'a', district: 'B' }),
    feature({ id: 'a', in: 'br', district: 'A' }),
  ]
  const args = [...words(fileWith(tree), portal.url, 'in-{id}'), '--parent', 'in-{in}']
  const { stdout, code } = await gridwitness(args, { env })
  expect(stdout.match(/area (\S+)/g)).toEqual(['area in-a', 'area in-b', 'area in-c'])
  expect(code).toBe(0)
})

it('a dry run checks all and sends nothing, and needs no token', async () => {
  await using portal = await listening()
  const args = [...words(fileWith([patna]), portal.url), '--parent', 'in-{of}', '--dry-run']
  const { stdout, code } = await gridwitness(args)
  expect(stdout).toBe(
    'area in-br-patna would stand as "Patna" (district in in-br)\n1 areas would stand; nothing was sent\n',
  )
  expect(code).toBe(0)
  expect(portal.requests.map(({ method }) => method)).toEqual(['GET'])
})

const ring = (...positions: number[][]) => feature({ district: 'Bad' }, positions)
const crossing = ring([85, 25], [86, 26], [86, 25], [85, 26], [85, 25])

it.each<[string, object[], string]>([
  ['two areas of one id', [patna, champaran, patna], 'id in-br-patna: expected one feature, got 2'],
  [
    'an id that is too long',
    [feature({ district: 'Sonbhadra Banshi Suryapur Purbi' })],
    'got "in-br-sonbhadra-banshi-suryapur-purbi" (37)',
  ],
  ['a property that is absent', [feature({})], 'property "district": expected text or a number'],
  ['a name in other letters', [feature({ district: 'पटना' })], 'expected letters of a–z or digits'],
  ['an open ring', [ring([85, 25], [86, 25], [86, 26], [85, 26])], 'expected a closed ring'],
  ['a short ring', [ring([85, 25], [86, 25], [85, 25])], 'expected ≥ 4 positions'],
  [
    'a ring smaller than 0.1 m',
    [ring([85, 25], [85.0000001, 25], [85, 25.0000001], [85, 25])],
    'expected ≥ 4 positions apart',
  ],
  ['metres', [ring([5e5, 25], [6e5, 25], [6e5, 26], [5e5, 25])], 'expected −180 to 180'],
  ['a ring that crosses itself', [crossing], 'in-br-bad: geometry: expected rings that neither'],
  [
    'a ring that folds back',
    [ring([85, 25], [86, 25], [86, 26], [86, 25.5], [85, 25])],
    'expected rings that neither cross nor touch themselves',
  ],
  [
    'a line',
    [{ ...patna, geometry: { type: 'LineString', coordinates: [] } }],
    'expected Polygon or MultiPolygon, got "LineString"',
  ],
  ['another type', [feature({ district: 'A', class: 'hilly' })], 'property "class": '],
  ['no geometry', [{ ...patna, geometry: null }], 'geometry: '],
])('%s is refused before anything is sent', async (_, features, message) => {
  await using portal = await listening()
  const file = fileWith([champaran, ...features.filter((one) => one !== champaran)])
  const args = [...words(file, portal.url), '--type', '{class}']
  const { stdout, stderr, code } = await gridwitness(args, { env })
  expect(stderr).toContain(message)
  expect(stderr).toContain('nothing was sent')
  expect(stdout).toBe('')
  expect(code).toBe(2)
  expect(portal.requests).toEqual([])
})

it('all faults are listed, each with its place', async () => {
  await using portal = await listening()
  const file = fileWith([crossing, patna, feature({ district: '' }), patna])
  const { stderr, code } = await gridwitness(
    [...words(file, portal.url), '--parent-id', 'nowhere'],
    { env },
  )
  const lines = stderr.trimEnd().split('\n')
  expect(lines.map((line) => line.split(':')[0])).toEqual([
    'feature 1',
    'feature 3',
    'id in-br-patna',
    'parent nowhere',
    'gridwitness area import',
  ])
  expect(lines.at(-1)).toContain('got 4 faults; nothing was sent')
  expect(code).toBe(2)
})

it('areas that lie in each other are refused', async () => {
  await using portal = await listening()
  const circle = [
    feature({ id: 'a', in: 'b', district: 'A' }),
    feature({ id: 'b', in: 'a', district: 'B' }),
  ]
  const args = [...words(fileWith(circle), portal.url, 'in-{id}'), '--parent', 'in-{in}']
  const { stderr, code } = await gridwitness(args, { env })
  expect(stderr).toContain('id in-a: expected a parent that does not lie in it, got in-b')
  expect(code).toBe(2)
})

it('what is no feature collection in WGS 84 is refused', async () => {
  await using portal = await listening()
  const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::3857' } }
  const other = await gridwitness(words(fileWith([patna], { crs }), portal.url), { env })
  expect(other.stderr).toContain('crs: expected WGS 84 (CRS84), got "urn:ogc:def:crs:EPSG::3857"')
  const empty = await gridwitness(words(fileWith([]), portal.url), { env })
  expect(empty.stderr).toContain('expected at least one feature')
  expect([other.code, empty.code]).toEqual([2, 2])
})

it('what the portal refuses stops the import, saying how far it is', async () => {
  await using portal = await listening(({ path }) => path?.endsWith('patna') === true)
  const file = fileWith([champaran, patna])
  const { stderr, code } = await gridwitness(words(file, portal.url), { env })
  expect(stderr).toContain('area in-br-patna: the portal refused (400 malformed')
  expect(stderr).toContain('1 of 2 stand, import again')
  expect(code).toBe(1)
})

it.each([
  ['no file', (all: string[]) => all.toSpliced(2, 1), 'FILE: expected one, got none'],
  ['no pattern', (all: string[]) => all.toSpliced(7, 2), '--id: expected a value, got none'],
  ['a brace left open', (all: string[]) => all.with(8, 'in-{x'), '--id: expected a–z'],
  [
    'two kinds of parents',
    (all: string[]) => [...all, '--parent', '{x}', '--parent-id', 'y'],
    '--parent-id: expected not beside --parent',
  ],
])('%s is wrong usage', async (_, change, message) => {
  const { stderr, code } = await gridwitness(change(words('x.geojson', 'http://127.0.0.1:9')), {
    env,
  })
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})
