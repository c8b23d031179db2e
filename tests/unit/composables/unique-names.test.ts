import { describe, expect, it } from 'vitest'
import { uniqueNames } from '../../../composables/area/unique-names.ts'

const area = (area_id: string, name: string, parent_id: string | null = null) => ({
  area_id,
  name,
  parent_id,
})

describe('areas of one name', () => {
  it('are told apart by what they lie in, the others are called as they are', () => {
    const names = uniqueNames([
      area('ky', 'Kentucky'),
      area('va', 'Virginia'),
      area('ky-lee', 'Lee County', 'ky'),
      area('va-lee', 'Lee County', 'va'),
      area('ky-boyle', 'Boyle County', 'ky'),
    ])
    expect([...names.values()]).toEqual([
      'Kentucky',
      'Virginia',
      'Lee County (Kentucky)',
      'Lee County (Virginia)',
      'Boyle County',
    ])
  })

  it('are told apart by their id where nothing is known around them', () => {
    const names = uniqueNames([area('a', 'Lee'), area('b', 'Lee', 'gone')])
    expect([...names.values()]).toEqual(['Lee (a)', 'Lee (b)'])
  })
})
