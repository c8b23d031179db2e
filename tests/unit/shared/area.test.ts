import { encodeBytes32String } from 'ethers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areaIdBytes32 } from '../../../shared/area.ts'
import { refusal } from './refusal.ts'

describe('areaIdBytes32', () => {
  it('is what ethers makes of the same text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,30}$/), (areaId) => {
        expect(areaIdBytes32(areaId)).toBe(encodeBytes32String(areaId))
      }),
    )
  })

  it.each(['', '-patna', 'Patna', 'in br', 'पटना', 'a'.repeat(32), 'patna\n'])(
    'refuses %j',
    (areaId) => {
      expect(refusal(() => areaIdBytes32(areaId))).toBe('malformed')
    },
  )
})
