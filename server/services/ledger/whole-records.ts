import { CodedError } from '../../../shared/coded-error.ts'
import type { FilePart } from '../../adapters/ipfs.ts'
import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { leafCount, leafIds, type Leaves } from './leaf-list.ts'
import { expectIntact, leafHashOfBody } from './record-bodies.ts'

const ROWS_PER_QUERY = 1_000
/** Stretches of a file this near to each other are read as one. */
const MAX_GAP_BYTES = 64 * 1024
/** Read as one, and held, at most. */
const MAX_STRETCH_BYTES = 4 * 1024 * 1024
const READS_AT_ONCE = 8

type Source = Pick<Deps, 'models' | 'ipfs'>
type Stored = Pick<RecordRow, '_id' | 'area_id' | 'batch_number' | 'body' | 'in_file'>

/** Bytes of a file that several records are in. */
interface Stretch extends FilePart {
  cid: string
  rows: { id: string; part: FilePart }[]
}

/**
 * The same rows with the bytes of those that were condensed, read back from the files of their batches and compared with their leaf
 * hashes. Throws `ipfs_unavailable`, or `wrong_cid` where the node gives other bytes than were pinned.
 */
export async function wholeRecords<Row extends Stored>(
  deps: Source,
  rows: readonly Row[],
): Promise<Row[]> {
  const condensed = rows.filter(({ body, in_file }) => body === undefined && in_file)
  if (condensed.length === 0) return [...rows]
  const bodies = new Map<string, string>()
  const stretches = await stretchesOf(deps, condensed)
  for (let from = 0; from < stretches.length; from += READS_AT_ONCE) {
    const some = stretches.slice(from, from + READS_AT_ONCE)
    await Promise.all(some.map((stretch) => readStretch(deps, stretch, bodies)))
  }
  return rows.map((row) => {
    const body = row.body ?? bodies.get(row._id)
    return body === undefined ? row : { ...row, body }
  })
}

async function stretchesOf({ models }: Source, rows: readonly Stored[]): Promise<Stretch[]> {
  const byBatch = Map.groupBy(rows, ({ area_id, batch_number }) => `${area_id}/${batch_number}`)
  const batches = await models.batches
    .find({ _id: { $in: [...byBatch.keys()] } }, { cid: 1 })
    .lean()
  const cids = new Map(batches.map(({ _id, cid }) => [_id, cid]))
  return [...byBatch].flatMap(([batchId, ofBatch]) => {
    const cid = cids.get(batchId)
    if (!cid)
      throw new CodedError(
        'record_damaged',
        `batch ${batchId}: expected the file that ${ofBatch.length} of its records are kept in, found none`,
      )
    return joined(cid, ofBatch)
  })
}

/** Rows of one file as few stretches of it. */
function joined(cid: string, rows: readonly Stored[]): Stretch[] {
  const parts = rows
    .flatMap(({ _id, in_file }) => (in_file ? [{ id: _id, part: in_file }] : []))
    .toSorted((a, b) => a.part.offset - b.part.offset)
  const stretches: Stretch[] = []
  for (const one of parts) {
    const last = stretches.at(-1)
    const end = one.part.offset + one.part.length
    const isNear = last && one.part.offset - (last.offset + last.length) <= MAX_GAP_BYTES
    if (last && isNear && end - last.offset <= MAX_STRETCH_BYTES) {
      last.length = end - last.offset
      last.rows.push(one)
    } else {
      stretches.push({ cid, offset: one.part.offset, length: one.part.length, rows: [one] })
    }
  }
  return stretches
}

async function readStretch(
  { ipfs }: Source,
  { cid, offset, length, rows }: Stretch,
  bodies: Map<string, string>,
): Promise<void> {
  const chunks: Uint8Array[] = []
  for await (const chunk of ipfs.cat(cid, { offset, length })) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  for (const { id, part } of rows) {
    const from = part.offset - offset
    const body = bytes.toString('utf8', from, from + part.length)
    if (leafHashOfBody(body) !== id)
      throw new CodedError(
        'wrong_cid',
        `IPFS: ${cid}: expected record ${id} at byte ${part.offset}, the node gave other bytes`,
      )
    bodies.set(id, body)
  }
}

/**
 * Bodies of the records with these leaf hashes, in this order, each checked against its hash. Constant memory: while the
 * reader is busy with some, the next are asked for.
 */
export async function* recordBodies(deps: Source, leaves: Leaves): AsyncGenerator<string> {
  const idsFrom = (from: number) => leafIds(leaves, from, from + ROWS_PER_QUERY)
  let coming = rowsOf(deps, idsFrom(0))
  for (let from = 0; from < leafCount(leaves); from += ROWS_PER_QUERY) {
    const rows = await coming
    coming = rowsOf(deps, idsFrom(from + ROWS_PER_QUERY))
    // Thrown where it is awaited, if the reader stays for it.
    coming.catch(() => undefined)
    for (const id of idsFrom(from)) {
      const row = rows.get(id)
      if (!row)
        throw new CodedError(
          'record_damaged',
          `record ${id}: sealed in a batch, absent from the database`,
        )
      expectIntact(row)
      yield row.body
    }
  }
}

async function rowsOf(deps: Source, ids: string[]): Promise<Map<string, Stored>> {
  if (ids.length === 0) return new Map()
  const found = await deps.models.records
    .find({ _id: { $in: ids } }, { body: 1, in_file: 1, area_id: 1, batch_number: 1 })
    .lean()
  return new Map((await wholeRecords(deps, found)).map((row) => [row._id, row]))
}
