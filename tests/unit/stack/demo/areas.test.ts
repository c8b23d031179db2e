import { expect, test } from 'vitest'
import { areaRequestSchema } from '../../../../shared/api/devices.ts'
import { areaIdField } from '../../../../shared/fields.ts'
import { areaIdOf, areasOf } from '../../../../stack/demo/areas.ts'
import { readAtlas, type AtlasPlace, type Position } from '../../../../stack/demo/atlas.ts'
import { countyFinder } from '../../../../stack/demo/county-at.ts'
import { readHelene } from '../../../../stack/demo/helene.ts'

const atlas = await readAtlas()
const { sites } = await readHelene()
const areas = areasOf(sites, atlas)

const polygonsOf = ({ outline }: AtlasPlace): Position[][][] =>
  outline.type === 'Polygon' ? [outline.coordinates] : outline.coordinates

const sidesOf = (ring: Position[]) => ring.slice(1).map((to, at) => [ring[at] ?? to, to] as const)

const doubleArea = (ring: Position[]): number =>
  sidesOf(ring).reduce((sum, [a, b]) => sum + a[0] * b[1] - b[0] * a[1], 0)

test('every area is what the portal takes, its state before it', () => {
  const known = new Set<string>()
  for (const { id, request } of areas) {
    expect(areaIdField.safeParse(id).success).toBe(true)
    expect(areaRequestSchema.safeParse(request).success).toBe(true)
    if (request.parent_id !== null) expect(known).toContain(request.parent_id)
    known.add(id)
  }
})

test('every site lies in an area, and in the county its row names', () => {
  const ids = new Set(areas.map(({ id }) => id))
  const countyAt = countyFinder(atlas.counties)
  const astray = sites.filter(
    (site) =>
      !ids.has(areaIdOf(site)) ||
      countyAt([site.longitude, site.latitude])?.fips !== site.countyFips,
  )
  expect(astray).toEqual([])
})

test('Louisville is in Jefferson County, Kentucky, which has its outline', () => {
  const jefferson = areas.find(({ id }) => id === 'us-ky-jefferson')
  expect(jefferson?.request).toMatchObject({
    name: 'Jefferson County',
    kind: 'county',
    parent_id: 'us-ky',
    geometry: { type: 'Polygon' },
  })
  expect(countyFinder(atlas.counties)([-85.76, 38.25])?.name).toBe('Jefferson')
})

test('outlines are closed, without repeated vertices, with at most 4 decimals', () => {
  const counties = atlas.counties.filter(({ fips }) => /^(21|51)/.test(fips))
  for (const ring of counties.flatMap(polygonsOf).flat()) {
    expect(ring.at(-1)).toEqual(ring[0])
    expect(sidesOf(ring).filter(([a, b]) => a[0] === b[0] && a[1] === b[1])).toEqual([])
    expect(ring.flat().filter((degrees) => Number(degrees.toFixed(4)) !== degrees)).toEqual([])
  }
})

test('outer rings run counter-clockwise and holes clockwise, as RFC 7946 wants them', () => {
  const wise = atlas.counties.find(({ fips }) => fips === '51195')
  const [outer, hole] = wise === undefined ? [] : (polygonsOf(wise)[0] ?? [])
  expect(doubleArea(outer ?? [])).toBeGreaterThan(0)
  // The City of Norton lies in Wise County and is no part of it.
  expect(doubleArea(hole ?? [])).toBeLessThan(0)
})
