import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { concat, fromUtf8, toHex, utf8 } from '../../../shared/bytes.ts'
import {
  batchFileName,
  MAX_BATCH_RECORDS,
  readBatchFile,
  writeBatchFile,
  type BatchEntry,
} from '../../../shared/batch/index.ts'
import { canonicalText } from '../../../shared/json.ts'
import { parseRecord, recordBytes, recordLeafHash } from '../../../shared/record/index.ts'
import merkle from '../../vectors/merkle.json' with { type: 'json' }
import { refusalOf, withFlippedBit } from './refusal.ts'

const file = new Uint8Array(
  readFileSync(new URL('../../vectors/in-br-patna-1.jsonl', import.meta.url)),
)
const [header = '', ...records] = fromUtf8(file).trimEnd().split('\n')

async function* pieces(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

const fileOf = (...lines: string[]) => utf8(lines.map((line) => `${line}\n`).join(''))
const read = (bytes: Uint8Array) => refusalOf(() => readBatchFile(pieces(bytes)))
const withHeader = (change: Record<string, unknown>) =>
  fileOf(canonicalText({ ...JSON.parse(header), ...change }), ...records)

async function entriesOf(bytes: Uint8Array, pieceSize?: number) {
  const entries: BatchEntry[] = []
  const found = await readBatchFile(
    pieces(bytes, pieceSize),
    (entry, index) => void (entries[index] = entry),
  )
  return { header: found, entries }
}

describe('the batch vector', () => {
  it('reads whole, with the leaves of the vectors in their order', async () => {
    const { header: found, entries } = await entriesOf(file)
    expect(found.root).toBe(merkle.root)
    expect(batchFileName(found.area_id, found.number)).toBe(merkle.batch)
    expect(entries.map(({ leafHash }) => toHex(leafHash))).toEqual(merkle.leaves)
  })

  it.each([1, 7, 1000])('reads the same from pieces of %i bytes', async (size) => {
    expect(await entriesOf(file, size)).toEqual(await entriesOf(file))
  })

  it('is written again byte for byte', async () => {
    const { header: found, entries } = await entriesOf(file)
    const lines = entries.map(({ record }) => fromUtf8(recordBytes(record)))
    const written: Uint8Array[] = []
    for await (const bytes of writeBatchFile(found, lines)) written.push(bytes)
    expect(concat(...written)).toEqual(file)
  })

  it('needs nothing but SHA-256 to get the leaves', () => {
    const leaves = records.map((line) => createHash('sha256').update(`\0${line}`).digest('hex'))
    expect(leaves).toEqual(merkle.leaves)
    expect(records.map((line) => toHex(recordLeafHash(parseRecord(JSON.parse(line)))))).toEqual(
      merkle.leaves,
    )
  })
})

describe('readBatchFile', () => {
  const [first = '', second = '', ...others] = records

  it.each([
    ['an empty file', new Uint8Array()],
    ['a missing last newline', file.subarray(0, -1)],
    ['a file cut in a line', file.subarray(0, -100)],
    ['a missing record', fileOf(header, first, ...others)],
    ['a record twice', fileOf(header, first, first, ...others)],
    ['records in another order', fileOf(header, second, first, ...others)],
    ['one record more', fileOf(header, ...records, records.at(-1) ?? '')],
    ['an empty line', fileOf(header, '', ...records)],
    ['carriage returns', utf8(fromUtf8(file).replaceAll('\n', '\r\n'))],
    ['a byte order mark', utf8(`\ufeff${fromUtf8(file)}`)],
    ['no header', fileOf(...records)],
    ['only a header', fileOf(header)],
    ['a record that is not canonical', fileOf(header, first.replace('{', '{ '), second, ...others)],
    ['a header that is not canonical', fileOf(header.replace('{', '{ '), ...records)],
    [
      'a record of another area',
      fileOf(header, first.replace('in-br-patna', 'in-br-gaya'), second, ...others),
    ],
    [
      'a record of no known type',
      fileOf(header, first.replace('device_event', 'event'), second, ...others),
    ],
    ['a line of more than 64 KiB', fileOf(header, 'x'.repeat(70_000))],
    ['another root', withHeader({ root: '1'.repeat(64) })],
    ['a smaller size', withHeader({ size: 6 })],
    ['a larger size', withHeader({ size: 8 })],
    ['size 0', withHeader({ size: 0 })],
    ['a size past the limit', withHeader({ size: MAX_BATCH_RECORDS + 1 })],
    ['number 0', withHeader({ number: 0 })],
    ['an unknown member in the header', withHeader({ note: 'x' })],
  ])('refuses %s', async (_what, bytes) => {
    expect(await read(bytes)).toBe('batch_file')
  })

  it('refuses every flipped bit of a record', async () => {
    const start = utf8(`${header}\n`).length
    const codes = new Set<unknown>()
    for (let bit = start * 8; bit < file.length * 8; bit += 7)
      codes.add(await read(withFlippedBit(file, bit)))
    expect([...codes]).toEqual(['batch_file'])
  })

  it('passes on that the source failed, as it is', async () => {
    const gone = new Error('gone')
    const failing = async function* () {
      yield file.subarray(0, 500)
      throw gone
    }
    expect(await refusalOf(() => readBatchFile(failing()))).toBe(gone)
  })

  it('stops reading where the header says the file ends', async () => {
    let taken = 0
    const endless = async function* () {
      yield file
      for (;;) {
        taken += 1
        yield utf8(
          `${records.at(-1)?.replace(/"received_at":"[^"]*"/, `"received_at":"2026-12-${10 + taken}T00:00:00.000Z"`)}\n`,
        )
      }
    }
    expect(await refusalOf(() => readBatchFile(endless()))).toBe('batch_file')
    expect(taken).toBe(1)
  })
})
