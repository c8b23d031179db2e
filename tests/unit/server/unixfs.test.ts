import { createReadStream } from 'node:fs'
import { toHex } from '../../../shared/bytes.ts'
import { describe, expect, it } from 'vitest'
import { cidOfFile } from '../../../server/adapters/unixfs.ts'
import vectors from '../../vectors/cids.json' with { type: 'json' }

const PIECE_BYTES = 60_000

/** The content of the vectors, byte i is (7·i + 3) mod 251, in pieces that fall across the chunks. */
async function* counted(length: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < length; start += PIECE_BYTES) {
    const size = Math.min(PIECE_BYTES, length - start)
    yield Uint8Array.from({ length: size }, (_, index) => (7 * (start + index) + 3) % 251)
  }
}

describe('cidOfFile', () => {
  it.each(vectors)('is that of the vector: $file $length', async (vector) => {
    const file = vector.file
      ? createReadStream(new URL(`../../vectors/${vector.file}`, import.meta.url))
      : counted(vector.length ?? 0)
    const cid = await cidOfFile(file)
    expect(cid.toString()).toBe(vector.cid)
    if (vector.bytes) expect(toHex(cid.bytes)).toBe(vector.bytes)
  })

  it('does not depend on where the content is cut into pieces', async () => {
    const one = async function* () {
      yield Uint8Array.of(1, 2, 3)
    }
    const many = async function* () {
      yield Uint8Array.of(1)
      yield Uint8Array.of(2, 3)
    }
    expect((await cidOfFile(one())).toString()).toBe((await cidOfFile(many())).toString())
  })
})
