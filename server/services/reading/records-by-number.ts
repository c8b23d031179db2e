import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

/** Identity of a reading. */
export interface ReadingNumber {
  device_id: string
  seq: number
}

const keyOf = ({ device_id, seq }: ReadingNumber): string => `${device_id} ${seq}`

/** Filter for these numbers, one branch a device, each along the index by device and number. */
export const anyOfNumbers = (numbers: readonly ReadingNumber[]) => ({
  $or: [...Map.groupBy(numbers, ({ device_id }) => device_id)].map(([device_id, ofDevice]) => ({
    device_id,
    seq: { $in: [...new Set(ofDevice.map(({ seq }) => seq))] },
  })),
})

/** A record without its bytes. */
export type RecordEntry = Omit<RecordRow, 'body'>

interface RecordsByNumber {
  get(number: ReadingNumber): RecordEntry | undefined
}

/** The records of readings that have these numbers, in one query. */
export async function recordsByNumber(
  { models }: Pick<Deps, 'models'>,
  numbers: readonly ReadingNumber[],
): Promise<RecordsByNumber> {
  const byKey = new Map<string, RecordEntry>()
  if (numbers.length > 0) {
    const rows = await models.records.find(anyOfNumbers(numbers), { body: 0 }).lean()
    for (const row of rows) {
      const { device_id, seq } = row
      if (device_id !== undefined && seq !== undefined) byKey.set(keyOf({ device_id, seq }), row)
    }
  }
  return { get: (number) => byKey.get(keyOf(number)) }
}
