import { toHex, utf8 } from '../../../shared/bytes.ts'
import { leafHashOf } from '../../../shared/merkle/index.ts'
import type { ServiceTest } from './deps.ts'

/** The ledger asks of a record only its bytes: `count` small ones in an area, due for sealing. Answers their leaf hashes. */
export async function recordsDue(
  { deps, clock }: ServiceTest,
  areaId: string,
  count = 3,
): Promise<string[]> {
  const area = { name: areaId, kind: 'district', parent_id: null, geometry: null }
  await deps.models.areas.updateOne({ _id: areaId }, { $set: area }, { upsert: true })
  const rows = Array.from({ length: count }, (_, n) => {
    clock.advance(1)
    const body = `{"area_id":"${areaId}","n":${n},"received_at":"${clock.now().toISOString()}"}`
    return {
      _id: toHex(leafHashOf(utf8(body))),
      area_id: areaId,
      type: 'reading' as const,
      ordered_at: clock.now(),
      body,
      batch_number: null,
    }
  })
  await deps.models.records.create(rows)
  clock.advance(deps.settings.batchIntervalMs)
  return rows.map(({ _id }) => _id)
}
