import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NamelessFile } from '../../../../cli/audit/nameless-file.ts'
import { SortedRows } from '../../../../cli/audit/sorted-rows.ts'

const ROW_BYTES = 3

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gridwitness-sorted-'))
})
afterAll(() => rm(folder, { recursive: true }))

const inFolder = () => new NamelessFile(folder)

describe('rows of which few fit into memory', () => {
  const row = fc.uint8Array({ minLength: ROW_BYTES, maxLength: ROW_BYTES, max: 4 })
  const rowsInMemory = fc.integer({ min: 12, max: 40 })

  it('come back in order, each as often as it was given, whatever the order they came in', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 140, size: 'max' }), rowsInMemory, (rows, held) => {
        using sorted = new SortedRows(ROW_BYTES, { memoryBytes: held * ROW_BYTES, open: inFolder })
        for (const one of rows) sorted.add().set(one)
        const expected = rows.map((one) => Buffer.from(one)).sort((a, b) => a.compare(b))
        expect(Array.from(sorted, (one) => Buffer.from(one))).toEqual(expected)
      }),
    )
  })

  it('go to a file that nobody finds: none is left behind, however the audit ends', async () => {
    using sorted = new SortedRows(ROW_BYTES, { memoryBytes: ROW_BYTES, open: inFolder })
    sorted.add()
    sorted.add()
    sorted.add()
    expect(await readdir(folder)).toEqual([])
  })

  it('go to no file while they fit', () => {
    const open = () => {
      throw new Error('expected no file')
    }
    using sorted = new SortedRows(ROW_BYTES, { memoryBytes: 2 * ROW_BYTES, open })
    sorted.add().set([2, 0, 0])
    sorted.add().set([1, 0, 0])
    expect(Array.from(sorted, ([first]) => first)).toEqual([1, 2])
  })
})

describe('a disk that will not have them', () => {
  it.runIf(process.platform === 'linux')('is named when it is full, and what to do', () => {
    const open = () => new NamelessFile('/mnt/small', () => openSync('/dev/full', 'r+'))
    using sorted = new SortedRows(ROW_BYTES, { memoryBytes: ROW_BYTES, open })
    sorted.add()
    expect(() => sorted.add()).toThrow(
      'temporary file in /mnt/small: expected room for what does not fit into memory, got ENOSPC: no space left on device, write; TMPDIR=DIR names another folder',
    )
  })

  it('is named when it is not there', () => {
    const nowhere = join(folder, 'nowhere')
    expect(() => new NamelessFile(nowhere)).toThrow(`temporary file in ${nowhere}: expected room`)
  })

  it('that lost what was written is found out', () => {
    using file = inFolder()
    file.append(new Uint8Array(2))
    expect(() => file.read(new Uint8Array(3), 0)).toThrow('the file ends before its time')
  })
})
