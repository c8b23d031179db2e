import { describe, expect, test } from 'vitest'
import { ringCrossing } from '../../../../cli/ring-crossing.ts'
import { areaRequestSchema } from '../../../../shared/api/devices.ts'
import { squareMetres, type AreaGeometry } from '../../../../shared/area-geometry.ts'
import { areaIdField } from '../../../../shared/fields.ts'
import type { Area } from '../../../../stack/demo/areas.ts'
import { readBihar } from '../../../../stack/demo/bihar.ts'
import { countyFinder } from '../../../../stack/demo/county-at.ts'
import { readHelene } from '../../../../stack/demo/helene.ts'

const bihar = await readBihar()
const areas = await bihar.areasFor(bihar.sites)
const ofKind = (kind: string) => areas.filter(({ request }) => request.kind === kind)
const outlineOf = ({ id, request }: Area): AreaGeometry => {
  if (request.geometry === null) throw new Error(`${id}: expected an outline`)
  return request.geometry
}
/** In square kilometres. */
const kilometresOf = (kind: string) =>
  ofKind(kind).reduce((total, area) => total + squareMetres(outlineOf(area)), 0) / 1e6
const finderOf = (kind: string) =>
  countyFinder(
    ofKind(kind).map((area) => ({
      fips: area.id,
      name: area.request.name,
      outline: outlineOf(area),
    })),
  )

describe('the areas of Bihar', () => {
  test('are the state, its 38 districts and their 534 blocks, each after what it lies in', () => {
    expect(['state', 'district', 'block'].map((kind) => ofKind(kind).length)).toEqual([1, 38, 534])
    const known = new Set<string>()
    for (const { id, request } of areas) {
      expect(areaIdField.safeParse(id).success).toBe(true)
      expect(areaRequestSchema.safeParse(request).success).toBe(true)
      expect(known).not.toContain(id)
      if (request.parent_id !== null) expect(known).toContain(request.parent_id)
      known.add(id)
    }
  })

  test('have rings that neither cross nor touch themselves', () => {
    const outlines = [...ofKind('district'), ...ofKind('block')].map(outlineOf)
    const polygons = outlines.flatMap((outline) =>
      outline.type === 'Polygon' ? [outline.coordinates] : outline.coordinates,
    )
    expect(polygons.map(ringCrossing).filter((crossing) => crossing !== undefined)).toEqual([])
  })

  // District by district they do not: the sources draw some borders between districts differently.
  test('fit together: the blocks fill the districts', () => {
    expect(kilometresOf('block') / kilometresOf('district')).toBeCloseTo(1, 2)
  })

  test('are as large together as Bihar is: 94,163 km²', () => {
    expect(Math.abs(kilometresOf('district') / 94_163 - 1)).toBeLessThan(0.02)
  })
})

describe('the sites of Bihar', () => {
  test('are 534 places within its blocks, which the portal is to find', () => {
    const blockAt = finderOf('block')
    expect(bihar.sites).toHaveLength(534)
    expect(new Set(bihar.sites.map(({ deviceId }) => deviceId)).size).toBe(534)
    const astray = bihar.sites.filter((site) => !blockAt([site.longitude, site.latitude]))
    expect(astray).toEqual([])
    expect(bihar.sites.every(({ areaId }) => areaId === null)).toBe(true)
  })

  test('stand in an order in which the first 38 cover at least 37 of 38 districts', () => {
    const districtAt = finderOf('district')
    const first = bihar.sites.slice(0, 38)
    const covered = new Set(first.map((site) => districtAt([site.longitude, site.latitude])?.fips))
    expect(covered.size).toBeGreaterThanOrEqual(37)
  })

  test('replay the outages of Helene, site by site, and say that the place is simulated', async () => {
    const helene = await readHelene()
    expect(bihar.sites.map(({ interruptions }) => interruptions)).toEqual(
      helene.sites.slice(0, 534).map(({ interruptions }) => interruptions),
    )
    expect([bihar.beginAt, bihar.endAt]).toEqual([helene.beginAt, helene.endAt])
    expect(bihar.notice).toContain('replayed timing, simulated place')
    expect(await readBihar()).toMatchObject({ sites: bihar.sites })
  })
})
