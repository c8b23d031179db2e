import { describe, expect, it } from 'vitest'
import { placeTyped } from '../../../composables/place-typed.ts'

describe('a place that a person types', () => {
  it.each(['25.594, 85.137', '25.594 85.137', '  25.594,85.137  '])('is read from %j', (text) => {
    expect(placeTyped(text)).toEqual({ latitude: 25.594, longitude: 85.137 })
  })

  it.each(['', '25.594', '25.594,', ', 85.137', '91, 0', '0, 181', 'north, east', '1e99, 2'])(
    'is none in %j: nothing is guessed',
    (text) => {
      expect(placeTyped(text)).toBeNull()
    },
  )
})
