import { concat, fromUtf8, toHex, utf8, type Hash } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'
import { canonicalText, parseJson } from '../json.ts'
import { leafHashOf, merkleRoot } from '../merkle/index.ts'
import { parseAs } from '../parse.ts'
import { orderedAt, parseRecord, type LedgerRecord } from '../record/index.ts'
import { batchHeaderSchema, type BatchHeader } from './header.ts'

const NEWLINE = 0x0a
/** Longest line accepted; a record is far below. */
const MAX_LINE_BYTES = 64 * 1024

/** File name of a batch: `<area_id>-<number>.jsonl`. */
export const batchFileName = (areaId: string, number: number): string => `${areaId}-${number}.jsonl`

/** The bytes of a batch file: canonical header, then each record's bytes, every line ended by one newline. */
export async function* writeBatchFile(
  header: BatchHeader,
  records: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<Uint8Array> {
  yield utf8(`${canonicalText(header)}\n`)
  for await (const record of records) yield utf8(`${record}\n`)
}

/** The lines of a batch file without their newlines, each whole. Throws `batch_file`. */
export async function* batchLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array()
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield concat(rest, chunk.subarray(from, end))
      rest = new Uint8Array()
      from = end + 1
    }
    rest = new Uint8Array(concat(rest, chunk.subarray(from)))
    if (rest.length > MAX_LINE_BYTES) {
      throw new CodedError(
        'batch_file',
        `batch file: expected lines up to ${MAX_LINE_BYTES} bytes, got a longer one`,
      )
    }
  }
  if (rest.length > 0)
    throw new CodedError('batch_file', 'batch file: expected a newline at the end')
}

export interface BatchEntry {
  record: LedgerRecord
  leafHash: Hash
}

function readEntry(line: Uint8Array): BatchEntry {
  const value = parseJson(line)
  const record = parseRecord(value)
  if (canonicalText(value) !== fromUtf8(line)) {
    throw new CodedError(
      'batch_file',
      `batch file: expected canonical records, got ${fromUtf8(line).slice(0, 80)}`,
    )
  }
  return { record, leafHash: leafHashOf(line) }
}

function readHeader(line: Uint8Array): BatchHeader {
  const header = parseAs(batchHeaderSchema, parseJson(line), 'batch header')
  if (canonicalText(header) !== fromUtf8(line)) {
    throw new CodedError('batch_file', 'batch file: expected a canonical header')
  }
  return header
}

/**
 * Reads a batch file and proves it whole: canonical lines, records of the header's area in their order, as many as
 * `size`, hashing to `root`. Hands every entry to `visit` on the way; what was visited holds only once this returns.
 * Throws `batch_file`.
 */
export async function readBatchFile(
  chunks: AsyncIterable<Uint8Array>,
  visit: (entry: BatchEntry, index: number) => void = () => undefined,
): Promise<BatchHeader> {
  try {
    return await prove(chunks, visit)
  } catch (cause) {
    if (cause instanceof CodedError && cause.code === 'malformed') {
      throw new CodedError('batch_file', cause.message, { cause })
    }
    throw cause
  }
}

async function prove(
  chunks: AsyncIterable<Uint8Array>,
  visit: (entry: BatchEntry, index: number) => void,
): Promise<BatchHeader> {
  let header: BatchHeader | undefined
  let lastOrder = ''
  const leafHashes: Hash[] = []
  for await (const line of batchLines(chunks)) {
    if (!header) {
      header = readHeader(line)
      continue
    }
    const entry = readEntry(line)
    const order = `${orderedAt(entry.record)} ${toHex(entry.leafHash)}`
    if (entry.record.area_id !== header.area_id) {
      throw new CodedError(
        'batch_file',
        `record: expected area ${header.area_id}, got ${entry.record.area_id}`,
      )
    }
    if (order <= lastOrder) {
      throw new CodedError(
        'batch_file',
        `records: expected ascending order, got ${order} after ${lastOrder}`,
      )
    }
    lastOrder = order
    // More lines than the header states are not read to their end: the file comes from a stranger.
    if (leafHashes.length >= header.size) {
      throw new CodedError(
        'batch_file',
        `size: header says ${header.size}, file holds more records`,
      )
    }
    visit(entry, leafHashes.push(entry.leafHash) - 1)
  }
  if (!header)
    throw new CodedError('batch_file', 'batch file: expected a header, got an empty file')
  if (leafHashes.length !== header.size) {
    throw new CodedError(
      'batch_file',
      `size: header says ${header.size}, file holds ${leafHashes.length} records`,
    )
  }
  const root = toHex(merkleRoot(leafHashes))
  if (root !== header.root)
    throw new CodedError('batch_file', `root: header says ${header.root}, records hash to ${root}`)
  return header
}
