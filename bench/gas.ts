import { batchOf, startLedger } from '../tests/contracts/ledger.ts'
import { tell } from './tell.ts'

/** Gas that each further batch in one call costs: the next of a known area, as nearly all are. Prints one JSON line. */
const LIMIT_GAS = 75_000
const AREAS = 10
/** Nearly as long as an area id may be. */
const areaOf = (index: number): string => `in-br-district-of-long-name-${index}`

const ledger = await startLedger()
try {
  const numbered = (number: number) =>
    Array.from({ length: AREAS }, (_, index) => batchOf(areaOf(index), number))
  const alone = batchOf(areaOf(AREAS), 1)
  await ledger.anchor(...numbered(1), alone)
  const one = (await ledger.anchor(batchOf(areaOf(AREAS), 2))).gasUsed
  const all = (await ledger.anchor(...numbered(2))).gasUsed
  tell('gas.further_batch', Number(all - one) / (AREAS - 1), 'gas', { atMost: LIMIT_GAS })
} finally {
  await ledger.stop()
}
