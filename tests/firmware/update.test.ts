import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publicKeyFromHex, toHex } from '../../shared/bytes.ts'
import { imagePath, sealManifest, type OperatorKey } from '../../shared/device-message/index.ts'
import { Device, type DeviceOptions } from '../../firmware/host/harness/device.ts'
import { FirmwareSlot } from '../../firmware/host/harness/firmware-slot.ts'
import {
  portalNetwork,
  type HttpAnswer,
  type Network,
} from '../../firmware/host/harness/network.ts'
import { AWKWARD } from '../../firmware/host/harness/quirks.ts'
import { SecureElement } from '../../firmware/host/harness/secure-element.ts'
import { gridwitness } from '../integration/cli/session.ts'
import { ADMIN_TOKEN, asAdmin, enrol, startTestPortal, type TestPortal } from '../portal.ts'
import { buildHost } from './host.ts'

/** Firmware from the portal: the real core, its modem, and the real portal. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const PLACE = { latitude: 25.5941, longitude: 85.1376 }
/** What is measured lies in the past of the portal's clock. */
const START = Math.floor((Date.now() - 30 * HOUR) / SECOND) * SECOND
const RUNNING = 5
const MARKED_EVERY_BYTES = 16_384

let portal: TestPortal
let program: string
const devices: Device[] = []
beforeAll(async () => {
  program = buildHost('device')
  portal = await startTestPortal()
}, 120_000)
afterAll(async () => {
  await Promise.all(devices.map((device) => device.stop()))
  await portal.stop()
})

const newKeys = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const half = (text: string) => Buffer.from(text, 'base64url').toString('hex')
  const key: OperatorKey = {
    publicKey: publicKeyFromHex(`04${half(x)}${half(y)}`),
    sign: (message) => sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  }
  return { key, pem: privateKey.export({ format: 'pem', type: 'sec1' }).toString() }
}
const { key: operator, pem } = newKeys()

/** An image whose first four bytes are its secure version. */
function imageOf(version: number, size: number): Buffer {
  const image = randomBytes(size)
  image.writeUInt32LE(version)
  return image
}
const versionOf = (image: Uint8Array) => Buffer.from(image).readUInt32LE()

async function put(path: string, type: string, body: Uint8Array): Promise<void> {
  const { status } = await fetch(`${portal.url}/api/v1/admin/firmware/${path}`, {
    method: 'PUT',
    headers: { 'content-type': type, ...asAdmin },
    body: Buffer.from(body),
  })
  expect(status).toBe(200)
}

async function publish(target: string, version: number, image: Buffer, key = operator) {
  const sha256 = createHash('sha256').update(image).digest('hex')
  const manifest = { version, size: image.length, sha256, path: imagePath(sha256), target }
  await put(`images/${sha256}`, 'application/octet-stream', image)
  await put(`${target}/manifest`, 'application/cose', sealManifest(manifest, key))
}

async function sensor(target: string, options: Partial<DeviceOptions> = {}): Promise<Device> {
  const device = new Device({
    program,
    name: target,
    network: portalNetwork(portal.url),
    startMs: START,
    mains: [[START, START + 100 * HOUR]],
    slot: new FirmwareSlot(RUNNING, versionOf),
    ...PLACE,
    ...options,
    settings: {
      origin: 'http://portal.test',
      apn: 'iot.test',
      target,
      'operator-key': toHex(operator.publicKey).slice(2),
    },
  })
  devices.push(device)
  const { deviceId, publicKey } = device.element
  const facts = { device_id: deviceId, public_key: publicKey, stage: 'house' as const }
  await enrol(portal.url, 'patna', [{ facts: { ...facts, customers_served: 1, ...PLACE } }])
  return device
}

const loggedBy = (device: Device, word: string) =>
  device.log.filter((line) => line.startsWith(`${word} `))

/** The portal with somebody on the way who changes answers to ranges, the n-th from 0. */
function tamperedWith(change: (answer: HttpAnswer, range: number) => HttpAnswer): Network {
  const behind = portalNetwork(portal.url)
  let ranges = 0
  return {
    async http(request) {
      const answer = await behind.http(request)
      if (request.headers['Range'] === undefined) return answer
      ranges += 1
      return change(answer, ranges - 1)
    },
  }
}

test('what an operator signs and publishes runs on the device minutes later, and reports', async () => {
  const image = imageOf(6, 12_345)
  const [imageFile, keyFile, manifestFile] = ['image.bin', 'operator.pem', 'image.cose'].map(
    (name) => join(portal.dir, name),
  )
  await writeFile(imageFile ?? '', image)
  await writeFile(keyFile ?? '', pem)
  const signed = await gridwitness(
    `firmware sign ${imageFile} --target esp32 --version 6 --key ${keyFile} --out ${manifestFile}`.split(
      ' ',
    ),
  )
  expect(signed).toMatchObject({ code: 0, stderr: '' })
  expect(signed.stdout).toContain(`signed by ${toHex(operator.publicKey).slice(2)}`)
  const published = await gridwitness(
    `firmware publish --portal ${portal.url} --image ${imageFile} --manifest ${manifestFile}`.split(
      ' ',
    ),
    { env: { GRIDWITNESS_ADMIN_TOKEN: ADMIN_TOKEN } },
  )
  expect(published).toMatchObject({ code: 0, stderr: '' })
  expect(published.stdout).toContain('version 6 for esp32 is published')

  const device = await sensor('esp32')
  await device.live(START + 30 * MINUTE)
  expect(device.slot.runningVersion).toBe(6)
  expect(Buffer.from(device.slot.bytes).equals(image)).toBe(true)
  expect(device.starts).toBe(2)
  const ranges = device.modem.http.requests.flatMap(({ headers }) => headers['Range'] ?? [])
  expect(ranges[0]).toBe('bytes=0-1023')
  expect(ranges.at(-1)).toBe('bytes=12288-12344')
  const waiting = device.log.filter((line) => line.startsWith('rejected'))
  expect(waiting).toEqual([])
  // The new image asks again, and finds nothing above itself.
  expect(device.slot.openedAt).toEqual([0])
})

test('a download goes on where it was after silence, half an answer, and a loss of power', async () => {
  const image = imageOf(7, 45_000)
  await publish('interrupted', 7, image)
  const network = tamperedWith((answer, range) => {
    if (range === 3) throw new Error('connection reset')
    if (range === 5) return { ...answer, body: answer.body.subarray(0, 500) }
    if (range === 7) return { ...answer, status: 503 }
    // What ignores ranges sends all of it.
    return range === 9 ? { ...answer, status: 200, body: image } : answer
  })
  const device = await sensor('interrupted', { network })
  while (device.slot.openedAt.length === 0) await device.live(device.nowMs + MINUTE)
  const loaded = () => device.slot.bytes.slice(20_000, 20_008).some((byte) => byte !== 0xff)
  while (!loaded()) await device.live(device.nowMs + 2 * SECOND)
  await device.cutPower()
  await device.live(device.nowMs + 30 * MINUTE)
  expect(device.slot.openedAt).toEqual([0, MARKED_EVERY_BYTES])
  expect(device.slot.runningVersion).toBe(7)
  expect(Buffer.from(device.slot.bytes).equals(image)).toBe(true)
})

test('what another key signed, what is not above the running version, and what is for other boards is not loaded', async () => {
  await publish('stranger', 9, imageOf(9, 3000), newKeys().key)
  const stranger = await sensor('stranger')
  await publish('rollback', RUNNING, imageOf(RUNNING, 3000))
  const rollback = await sensor('rollback')
  await publish('another-board', 9, imageOf(9, 3000))
  const behind = portalNetwork(portal.url)
  const misled = await sensor('misled', {
    network: {
      http: (request) =>
        behind.http({ ...request, url: request.url.replace('/misled/', '/another-board/') }),
    },
  })
  for (const device of [stranger, rollback, misled]) {
    await device.live(START + 20 * MINUTE)
    expect(device.slot.openedAt).toEqual([])
    expect(device.starts).toBe(1)
  }
  expect(loggedBy(stranger, 'update_refused')).toHaveLength(1)
  expect(loggedBy(rollback, 'update_refused')).toEqual([])
  expect(loggedBy(misled, 'update_refused')).toHaveLength(1)
})

test('an image altered on the way never runs; the same one untouched does an hour later, through the most awkward module', async () => {
  const image = imageOf(8, 3000)
  await publish('altered', 8, image)
  const network = tamperedWith((answer, range) => {
    if (range !== 2) return answer
    const body = Uint8Array.from(answer.body)
    body[17] = (body[17] ?? 0) ^ 1
    return { ...answer, body }
  })
  const device = await sensor('altered', { network, quirks: { ...AWKWARD, chunkBytes: 7 } })
  await device.live(START + 20 * MINUTE)
  expect(loggedBy(device, 'update_failed')).toHaveLength(1)
  expect(device.slot).toMatchObject({ runningVersion: RUNNING, isActive: false })
  await device.live(START + 90 * MINUTE)
  expect(device.slot.runningVersion).toBe(8)
})

test('a last gasp does not wait for a download, which goes on when the mains are back', async () => {
  await publish('gasping', 6, imageOf(6, 30_000))
  // Two minutes after its start, and as many as its serial number spreads it over ten.
  const { serial } = SecureElement.named('gasping')
  const asks = START + 2 * MINUTE + (crc32(serial) % (10 * MINUTE))
  const off = asks + 20 * SECOND
  const on = off + 20 * MINUTE
  const device = await sensor('gasping', {
    mains: [
      [START, off],
      [on, START + 100 * HOUR],
    ],
  })
  await device.live(off)
  expect(device.slot.openedAt).toEqual([0])
  await device.live(on)
  const { requests } = device.modem.http
  const dark = requests.filter(({ atMs }) => atMs > off)
  expect(dark.find(({ method }) => method === 'POST')?.atMs).toBeLessThan(off + 10 * SECOND)
  expect(dark.filter(({ headers, atMs }) => headers['Range'] && atMs > off + 5 * SECOND)).toEqual(
    [],
  )
  expect(device.slot.runningVersion).toBe(RUNNING)
  await device.live(on + 10 * MINUTE)
  expect(device.slot.runningVersion).toBe(6)
  expect(device.slot.openedAt).toEqual([0])
})
