import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { areaRequestSchema } from '../../../shared/api/devices.ts'
import { startPortal } from './portal.ts'
import { gridwitness } from './session.ts'

vi.setConfig({ testTimeout: 30_000 })

const env = { GRIDWITNESS_ADMIN_TOKEN: 'token' }
const outline = {
  type: 'Polygon',
  coordinates: [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  ],
}

const listening = () =>
  startPortal(({ body }) => {
    areaRequestSchema.parse(body)
    return { status: 204 }
  })

const words = (portal: string) => [
  'area',
  'put',
  '--portal',
  portal,
  '--area',
  'us-ky-fayette',
  '--name',
  'Fayette County',
  '--kind',
  'county',
]

function geometryFile(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'gridwitness-area-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'area.geojson')
  writeFileSync(file, JSON.stringify(content))
  return file
}

it('an area is put with nothing but its name and kind', async () => {
  await using portal = await listening()
  const { stdout, stderr, code } = await gridwitness(words(portal.url), { env })
  expect(stderr).toBe('')
  expect(stdout).toBe('area us-ky-fayette stands as "Fayette County" (county)\n')
  expect(code).toBe(0)
  const [{ method, path, headers, body } = { method: '', path: '', headers: {}, body: null }] =
    portal.requests
  expect([method, path, headers.authorization]).toEqual([
    'PUT',
    '/api/v1/admin/areas/us-ky-fayette',
    'Bearer token',
  ])
  expect(body).toEqual({
    name: 'Fayette County',
    kind: 'county',
    area_type: null,
    parent_id: null,
    geometry: null,
  })
})

it('an area is urban or rural where it is said, and nothing else', async () => {
  await using portal = await listening()
  const { code } = await gridwitness([...words(portal.url), '--type', 'rural'], { env })
  expect(code).toBe(0)
  expect(portal.requests[0]?.body).toMatchObject({ area_type: 'rural' })
  const hilly = await gridwitness([...words(portal.url), '--type', 'hilly'], { env })
  expect(hilly.stderr).toContain('--type: expected one of urban, rural')
  expect(hilly.code).toBe(2)
})

it.each([
  ['a geometry', outline],
  [
    'a feature',
    {
      type: 'Feature',
      properties: { name: 'Fayette' },
      geometry: { ...outline, bbox: [0, 0, 1, 1] },
    },
  ],
])('the outline of an area comes from %s', async (_, content) => {
  await using portal = await listening()
  const args = [...words(portal.url), '--parent', 'us-ky', '--geometry', geometryFile(content)]
  const { code } = await gridwitness(args, { env })
  expect(code).toBe(0)
  expect(portal.requests[0]?.body).toMatchObject({ parent_id: 'us-ky', geometry: outline })
})

it('a file that holds no outline is refused before anything is sent', async () => {
  await using portal = await listening()
  const file = geometryFile({ type: 'Point', coordinates: [0, 0] })
  const { stderr, code } = await gridwitness([...words(portal.url), '--geometry', file], { env })
  expect(stderr).toContain('type: expected Polygon or MultiPolygon, got "Point"')
  expect(portal.requests).toEqual([])
  expect(code).toBe(2)
})
