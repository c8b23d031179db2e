import { describe, expect, it } from 'vitest'
import { apiPaths, explorerPath, gatewayPath, pagePathsIn } from '../../../composables/paths.ts'

describe('addresses', () => {
  it('name only the filters that are given', () => {
    expect(apiPaths.batches()).toBe('/api/v1/batches')
    expect(apiPaths.batches({ areaId: 'in-br-patna', status: 'final', cursor: null })).toBe(
      '/api/v1/batches?area_id=in-br-patna&state=final',
    )
    const english = pagePathsIn((path) => path)
    expect(english.batches({ areaId: 'in-br-patna' })).toBe('/batches?area=in-br-patna')
  })

  it('keep what a visitor typed inside its own part of the path', () => {
    expect(apiPaths.batch('../admin', '1?x=1')).toBe('/api/v1/batches/..%2Fadmin/1%3Fx%3D1')
    expect(apiPaths.proof('a/b')).toBe('/api/v1/records/a%2Fb/proof')
  })

  it('ask the map for a view as west, south, east, north', () => {
    const view = { west: -86.123456789, south: 37, east: -85, north: 38.5, zoom: 8 }
    expect(decodeURIComponent(apiPaths.map(view))).toBe(
      '/api/v1/map?bbox=-86.12346,37.00000,-85.00000,38.50000&zoom=8',
    )
  })

  it.each([
    ['past the antimeridian', { west: 170, east: 200 }, '170.00000,-90.00000,-160.00000,90.00000'],
    ['of a copy of the world', { west: 365, east: 370 }, '5.00000,-90.00000,10.00000,90.00000'],
    [
      'of more than the world',
      { west: -200, east: 200 },
      '-180.00000,-90.00000,180.00000,90.00000',
    ],
  ])('ask the map for a view %s as places are called', (_, sides, box) => {
    const view = { ...sides, south: -95, north: 95, zoom: 1 }
    expect(decodeURIComponent(apiPaths.map(view))).toContain(`bbox=${box}&`)
  })

  it('lead to a gateway or explorer only where one is known', () => {
    expect(gatewayPath('http://node/', 'bafk')).toBe('http://node/ipfs/bafk')
    expect(gatewayPath('http://node', null)).toBeNull()
    expect(explorerPath(null, '0x1')).toBeNull()
    expect(explorerPath('https://explorer', '0x1')).toBe('https://explorer/tx/0x1')
  })
})
