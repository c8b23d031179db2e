import { CodedError } from '../../shared/coded-error'

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Areas are on no ledger: whoever restores puts them first. */
const PUTS_AN_AREA = /^\/api\/v1\/admin\/areas\//

/** While the portal restores, nothing is taken that the ledger might already say otherwise. */
export default defineEventHandler((event) => {
  if (useComposition().restoreSource === null) return
  if (READS.has(event.method) || PUTS_AN_AREA.test(event.path)) return
  const refusal = new CodedError(
    'store_unavailable',
    'the ledger is being restored; nothing is accepted until that has ended',
  )
  return sendProblem(event, problemOf(refusal))
})
