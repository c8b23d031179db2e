import { describe, expect, it } from 'vitest'
import { mapLinkOf, type MapLink } from '../../../composables/map-link.ts'
import { pagePathsIn } from '../../../composables/paths.ts'

const { map } = pagePathsIn((path) => path)
const read = (path: string) =>
  mapLinkOf(Object.fromEntries(new URL(path, 'https://portal').searchParams))

describe('the address of the map', () => {
  it('says what is seen, and is read back the same', () => {
    const link: MapLink = {
      latitude: 25.5941,
      longitude: -85.1376,
      zoom: 12.5,
      chosen: { kind: 'area', id: 'in-br-gaya' },
      states: ['off', 'silent'],
      at: '2026-11-21T05:30:00Z',
    }
    expect(read(map(link))).toEqual(link)
  })

  it('is bare where nothing was changed', () => {
    expect(map()).toBe('/')
    expect(map({ chosen: null, states: ['off', 'on', 'silent'], at: null })).toBe('/')
    expect(read('/')).toMatchObject({ chosen: null, at: null })
    expect(read('/').states).toBeUndefined()
  })

  it('leaves out what makes no sense in it', () => {
    expect(read('/?lat=91&lon=x&zoom=99&show=maybe&at=yesterday')).toEqual(read('/'))
  })
})
