import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publicKeyFromHex } from '../../../shared/bytes.ts'
import {
  imagePath,
  sealManifest,
  verifyMessage,
  type OperatorKey,
} from '../../../shared/device-message/index.ts'
import type { Problem } from '../../../shared/api/problem.ts'
import { asAdmin } from '../../portal.ts'
import { openAccountDesk, type AccountDesk } from './account-desk.ts'

const DAY_MS = 86_400_000
const TARGET = 'esp32'

let desk: AccountDesk
beforeAll(async () => {
  desk = await openAccountDesk()
})
afterAll(() => desk?.stop())

const operator = ((): OperatorKey => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const half = (text: string) => Buffer.from(text, 'base64url').toString('hex')
  return {
    publicKey: publicKeyFromHex(`04${half(x)}${half(y)}`),
    sign: (message) => sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  }
})()

const digestOf = (image: Uint8Array) => createHash('sha256').update(image).digest('hex')
const manifestOf = (image: Uint8Array, version: number, more: { target?: string } = {}) =>
  sealManifest(
    {
      version,
      size: image.length,
      sha256: digestOf(image),
      path: imagePath(digestOf(image)),
      target: TARGET,
      ...more,
    },
    operator,
  )

const put = async (path: string, type: string, body: Uint8Array) => {
  const response = await fetch(`${desk.url}/api/v1/admin/firmware/${path}`, {
    method: 'PUT',
    headers: { 'content-type': type, ...asAdmin },
    body: Buffer.from(body),
  })
  return { status: response.status, body: (await response.json()) as Problem }
}
const putImage = (image: Uint8Array, digest = digestOf(image)) =>
  put(`images/${digest}`, 'application/octet-stream', image)
const putManifest = (message: Uint8Array, target = TARGET) =>
  put(`${target}/manifest`, 'application/cose', message)
const load = (image: Uint8Array, headers: Record<string, string> = {}) =>
  fetch(`${desk.url}${imagePath(digestOf(image))}`, { headers })
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

const publish = async (image: Uint8Array, version: number) => {
  expect(await putImage(image)).toMatchObject({ status: 200, body: { size: image.length } })
  expect(await putManifest(manifestOf(image, version))).toMatchObject({ status: 200 })
}
/** How long an image stays, from the test's now; null for ever. */
const staysDays = async (image: Uint8Array) => {
  const row = await desk.models.firmwareImages.findById(digestOf(image))
  const chunks = await desk.models.firmwareChunks.find({ _id: new RegExp(`^${row?._id}/`) })
  const ends = new Set([row, ...chunks].map((each) => each?.expires_at?.getTime() ?? null))
  expect(ends.size).toBe(1)
  const [end = null] = ends
  return end === null ? null : (end - desk.clock.now().getTime()) / DAY_MS
}

/** Three chunks, the last not whole. */
const newImage = () => randomBytes(2 * 65_536 + 12_345)

describe('an image', () => {
  it('is served by its hash, whole and for ever', async () => {
    const image = newImage()
    await putImage(image)
    const answer = await load(image)
    expect(await bytesOf(answer)).toEqual(image)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
      etag: `"${digestOf(image)}"`,
      'content-length': String(image.length),
    })
    const again = await load(image, { 'if-none-match': `"${digestOf(image)}"` })
    expect(again.status).toBe(304)
  })

  it('is served in ranges, across the chunks it is stored in and to its end', async () => {
    const image = newImage()
    await putImage(image)
    const { length } = image
    const CASES: [string, number, number][] = [
      ['bytes=0-1023', 0, 1024],
      ['bytes=65530-65545', 65_530, 65_546],
      ['bytes=60000-140000', 60_000, 140_001],
      [`bytes=${length - 10}-`, length - 10, length],
      [`bytes=${length - 1}-${length + 500}`, length - 1, length],
      ['bytes=-7', length - 7, length],
    ]
    for (const [range, from, to] of CASES) {
      const answer = await load(image, { range })
      expect(answer.status).toBe(206)
      expect(answer.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${length}`)
      expect(await bytesOf(answer)).toEqual(image.subarray(from, to))
    }
    for (const range of ['bytes=0-1,5-6', 'lines=1-2', 'bytes=9-3', 'bytes=-'])
      expect((await load(image, { range })).status).toBe(200)
    const other = { range: 'bytes=0-9', 'if-range': '"another"' }
    expect((await load(image, other)).status).toBe(200)
    const beyond = await load(image, { range: `bytes=${length}-` })
    expect(beyond.status).toBe(416)
    expect(beyond.headers.get('content-range')).toBe(`bytes */${length}`)
    expect(await beyond.json()).toMatchObject({ code: 'range_not_satisfiable' })
  })

  it('is refused under another hash, as another type, without bytes, or larger than a partition', async () => {
    const image = newImage()
    const wrong = await putImage(image, digestOf(Buffer.from('another')))
    expect(wrong).toMatchObject({ status: 400, body: { code: 'malformed' } })
    const typed = await put(`images/${digestOf(image)}`, 'text/plain', image)
    expect(typed).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
    expect(await putImage(Buffer.alloc(0))).toMatchObject({ status: 400 })
    const large = await putImage(Buffer.alloc(1_572_865))
    expect(large).toMatchObject({ status: 413, body: { code: 'too_large' } })
    expect((await load(image)).status).toBe(404)
  })

  it('waits a day for its manifest, stays as long as one names it, and a week when another came', async () => {
    const [first, second] = [newImage(), newImage()]
    await putImage(first)
    expect(await staysDays(first)).toBe(1)
    await publish(first, 10)
    expect(await staysDays(first)).toBeNull()
    await putImage(first)
    expect(await staysDays(first)).toBeNull()
    await publish(second, 11)
    expect(await staysDays(first)).toBe(7)
    expect(await staysDays(second)).toBeNull()
  })
})

describe('a manifest', () => {
  it('is served as it was signed, and told again only when it changed', async () => {
    const image = newImage()
    const message = manifestOf(image, 20)
    await putImage(image)
    expect(await putManifest(message)).toMatchObject({
      status: 200,
      body: { status: 'published', target: TARGET, version: 20, sha256: digestOf(image) },
    })
    expect((await putManifest(message)).body).toMatchObject({ status: 'already_published' })
    const url = `${desk.url}/api/v1/firmware/${TARGET}/manifest`
    const answer = await fetch(url)
    expect(answer.headers.get('content-type')).toBe('application/cose')
    const served = await bytesOf(answer)
    expect(served).toEqual(Buffer.from(message))
    verifyMessage(served, operator.publicKey)
    const etag = answer.headers.get('etag') ?? ''
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304)
    const none = await fetch(`${desk.url}/api/v1/firmware/esp8266/manifest`)
    expect(none.status).toBe(404)
  })

  it('is refused before its image is there, for another target, and for no newer version', async () => {
    const image = newImage()
    const early = await putManifest(manifestOf(image, 30))
    expect(early).toMatchObject({ status: 404, body: { code: 'not_found' } })
    await putImage(image)
    const other = await putManifest(manifestOf(image, 30, { target: 'esp32s3' }))
    expect(other).toMatchObject({ status: 400, body: { code: 'malformed' } })
    await publish(image, 30)
    for (const version of [29, 30]) {
      const late = await putManifest(manifestOf(image, version))
      expect(late).toMatchObject({ status: 409, body: { code: 'firmware_conflict' } })
    }
    const damaged = Buffer.from(manifestOf(image, 31))
    damaged[3] = 0xa3
    expect(await putManifest(damaged)).toMatchObject({ status: 400, body: { code: 'malformed' } })
  })

  it('of two published at once leaves the newer one, whose image stays', async () => {
    const [older, newer] = [newImage(), newImage()]
    await Promise.all([putImage(older), putImage(newer)])
    await Promise.all([putManifest(manifestOf(older, 40)), putManifest(manifestOf(newer, 41))])
    await putManifest(manifestOf(newer, 41))
    expect(await desk.models.firmwareManifests.findById(TARGET)).toMatchObject({ version: 41 })
    expect(await staysDays(newer)).toBeNull()
    expect(await staysDays(older)).toBe(7)
  })

  it('and its image are in the action log', async () => {
    const image = newImage()
    await publish(image, 50)
    const actions = await desk.models.actions.find().sort({ _id: -1 }).limit(2)
    expect(actions.map(({ entry: { action, target } }) => ({ action, target }))).toEqual([
      { action: 'firmware_published', target: TARGET },
      { action: 'firmware_image_put', target: digestOf(image) },
    ])
  })
})
