import { expect, it } from 'vitest'
import { leafHashOfBody } from '../../../server/services/ledger/record-bodies.ts'
import { toHex, utf8 } from '../../../shared/bytes.ts'
import { leafHashOf } from '../../../shared/merkle/index.ts'

it.each(['', '{}', '{"name":"Pūrba Champāran ⚡ 𝟙"}', 'a'.repeat(100_000), '\u0000', '\ud800'])(
  "the server's leaf hash of a record is the one of the format (%#)",
  (body) => {
    expect(leafHashOfBody(body)).toBe(toHex(leafHashOf(utf8(body))))
  },
)
