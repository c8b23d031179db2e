import fc from 'fast-check'
import { expect, it } from 'vitest'
import { boundaryOf, MultipartError, onlyPart } from '../../../../stack/ipfs/multipart.ts'

const BOUNDARY = '-----------------------------V1StGXR8_Z5jdHi6B-myT'
const HEADERS =
  'Content-Disposition: form-data; name="file"; filename=""\r\nContent-Type: application/octet-stream'

function body(content: Uint8Array, end = '--\r\n'): Buffer {
  const opening = `--${BOUNDARY}\r\n${HEADERS}\r\n\r\n`
  return Buffer.concat([Buffer.from(opening), content, Buffer.from(`\r\n--${BOUNDARY}${end}`)])
}

async function* cut(bytes: Uint8Array, places: number[]): AsyncGenerator<Uint8Array> {
  const ends = [...places.map((place) => place % bytes.length), bytes.length].sort((a, b) => a - b)
  let start = 0
  for (const end of ends) {
    yield bytes.subarray(start, end)
    start = end
  }
}

async function read(bytes: Uint8Array, places: number[] = []): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of onlyPart(cut(bytes, places), BOUNDARY)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Content full of what looks like a boundary; the boundary itself a sender must not have in it. */
const content = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .constantFrom('\r', '\n', '\r\n', '\r\n--', '-', `\r\n--${BOUNDARY.slice(0, -1)}`)
        .map((text) => new Uint8Array(Buffer.from(text))),
    ),
  )
  .map((pieces) => new Uint8Array(Buffer.concat(pieces)))
  .filter((bytes) => !Buffer.from(bytes).includes(`\r\n--${BOUNDARY}`))
const places = fc.array(fc.nat(), { maxLength: 30 })

it('gives back the content of the part, wherever the body is cut into pieces', async () => {
  await fc.assert(
    fc.asyncProperty(content, places, async (bytes, cuts) => {
      expect(Buffer.compare(await read(body(bytes), cuts), bytes)).toBe(0)
    }),
    { numRuns: 500 },
  )
})

it('gives back the content when each piece is one byte', async () => {
  const bytes = Buffer.from(`a\r\n--${BOUNDARY.slice(0, 9)}\r\nb`)
  const whole = body(bytes)
  expect(await read(whole, Array.from(whole.keys()))).toEqual(bytes)
})

it('refuses a body that ends anywhere before its last boundary is complete', async () => {
  const whole = body(Buffer.from('content'), '--')
  for (let length = 0; length < whole.length; length++) {
    await expect(read(whole.subarray(0, length))).rejects.toThrow(MultipartError)
  }
})

it.each([
  ['a second part', body(Buffer.from('a'), `\r\n${HEADERS}\r\n\r\nb\r\n--${BOUNDARY}--`)],
  ['bytes after the last boundary', body(Buffer.from('a'), '--\r\nb')],
  ['a preamble', Buffer.concat([Buffer.from('x'), body(Buffer.from('a'))])],
  ['endless headers', Buffer.from(`--${BOUNDARY}\r\n${'a'.repeat(100_000)}`)],
])('refuses %s', async (_, bytes) => {
  await expect(read(bytes)).rejects.toThrow(MultipartError)
})

it('reads the boundary, quoted or not, of multipart/form-data only', () => {
  expect(boundaryOf(`multipart/form-data; boundary=${BOUNDARY}`)).toBe(BOUNDARY)
  expect(boundaryOf(`multipart/form-data; boundary="a b"`)).toBe('a b')
  for (const other of [
    undefined,
    'application/json',
    'multipart/form-data',
    'multipart/form-data; boundary=',
  ]) {
    expect(() => boundaryOf(other)).toThrow(/expected Content-Type multipart\/form-data/)
  }
})
