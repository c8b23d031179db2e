import { describe, expect, it } from 'vitest'
import { isTooShort, measuredOf } from '../../../composables/area/measured.ts'

const known = (value: number) => ({ value, unknown: null })
const none = { value: null, unknown: 'no_devices' as const }

describe('what was measured', () => {
  it('is what the indices were made of: 60 customers dark for 20 minutes in one day of a hundred', () => {
    // 60 customers served for one day of a hundred: 0.6 over the period.
    const figures = {
      saifi: known(60 / 0.6),
      saidi: known((60 * 20) / 0.6),
      maifi: known(30 / 0.6),
      customers_served: known(0.6),
    }
    expect(measuredOf(figures)).toEqual({
      sustained: 60,
      momentary: 30,
      customerMinutesOff: 1_200,
    })
  })

  it('is unknown where the indices are, never zero', () => {
    const figures = { saifi: none, saidi: none, maifi: none, customers_served: none }
    expect(measuredOf(figures)).toBeNull()
  })
})

describe('a period', () => {
  const day = (date: string, isServed: boolean) => ({
    date,
    saidi: isServed ? known(0) : none,
    provisional: false,
  })
  const days = (served: number, of: number) =>
    Array.from({ length: of }, (_, index) => day(`day ${index}`, index < served))

  it('is measured for too short a time below a tenth of its days', () => {
    expect(isTooShort(days(1, 11))).toBe(true)
    expect(isTooShort(days(1, 10))).toBe(false)
    expect(isTooShort(days(21, 21))).toBe(false)
  })

  it('without any sensor has another reason for being unknown', () => {
    expect(isTooShort(days(0, 30))).toBe(false)
  })
})
