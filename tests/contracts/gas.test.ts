import { afterAll, beforeAll, expect, it } from 'vitest'
import { batchOf, startLedger, type Ledger, type NewAnchor } from './ledger.ts'

const TARGET_GAS = 75_000n
const AREA_COUNT = 10

/** As long as an area id may be: 31 characters, the dearest to check. */
const areaOf = (index: number | 'x'): string => `in-br-district-of-a-long-name-${index}`

let ledger: Ledger
beforeAll(async () => void (ledger = await startLedger()))
afterAll(() => ledger.stop())

/** Gas of the call beyond what the same kind of call costs with its first batch alone, per further batch. */
async function gasPerFurtherBatch(first: NewAnchor, further: NewAnchor[], firstAlone: NewAnchor) {
  const alone = (await ledger.anchor(firstAlone)).gasUsed
  const together = (await ledger.anchor(first, ...further)).gasUsed
  return { alone, further: (together - alone) / BigInt(further.length) }
}

it('costs at most 75,000 gas for each further batch in one call', async () => {
  const areas = Array.from({ length: AREA_COUNT }, (_, index) => areaOf(index))
  const numbered = (number: number): NewAnchor[] => areas.map((area) => batchOf(area, number))
  const rest = (number: number): NewAnchor[] => numbered(number).slice(1)

  const newAreas = await gasPerFurtherBatch(batchOf(areaOf(0), 1), rest(1), batchOf(areaOf('x'), 1))
  const nextBatches = await gasPerFurtherBatch(
    batchOf(areaOf(0), 2),
    rest(2),
    batchOf(areaOf('x'), 2),
  )
  const sameArea = await gasPerFurtherBatch(
    batchOf(areaOf(0), 3),
    [4, 5, 6, 7].map((number) => batchOf(areaOf(0), number)),
    batchOf(areaOf('x'), 3),
  )

  console.log(
    `gas per further batch: ${newAreas.further} in a new area, ${nextBatches.further} in a known one, ` +
      `${sameArea.further} in the same one; a call with one batch: ${newAreas.alone} and ${nextBatches.alone}`,
  )
  for (const { further } of [newAreas, nextBatches, sameArea])
    expect(further).toBeLessThanOrEqual(TARGET_GAS)
})
