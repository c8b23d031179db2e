import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CondensedReadings } from '../../../../cli/audit/condensed-readings.ts'

const digest = fc.stringMatching(/^[0-9a-f]{64}$/)
const moment = fc.integer({ min: 0, max: 4_102_444_800_000 })
const reading = fc.record({
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  measuredAt: moment,
  receivedAt: moment,
  on: fc.boolean(),
  boot: fc.boolean(),
  offSinceAt: fc.option(moment),
  previous: fc.option(digest),
  digest,
  leafHash: digest,
})
const DIGEST_HEX = 32

it('gives back what it was given, digests by their beginning, however many', () => {
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 40 }), (readings) => {
      const condensed = new CondensedReadings()
      for (const one of readings) condensed.add(one)
      expect([...condensed]).toEqual(
        readings.map((one) => ({
          ...one,
          previous: one.previous?.slice(0, DIGEST_HEX) ?? null,
          digest: one.digest.slice(0, DIGEST_HEX),
          leafHash: one.leafHash.slice(0, DIGEST_HEX),
        })),
      )
    }),
  )
})
