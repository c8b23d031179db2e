import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeQR } from 'qr'
import decodeQR from 'qr/decode.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { launchBrowser } from './browser.ts'
import { proofText, startScene, watchedPage, type Scene } from './scene.ts'

const CHECKED = [
  'malformed',
  'record_hash',
  'device_signature',
  'inclusion',
  'anchor',
  'enrolment',
  'batch_file',
]

describe('verification in the browser', () => {
  let scene: Scene
  let leafHash: string
  let proof: string
  let page: Page
  let complaints: string[]
  beforeAll(async () => {
    scene = await startScene()
    const [device] = scene.devices
    if (!device) throw new Error('expected a device')
    leafHash = await scene.report(device, { power_status: 'OFF', reason: 'change' })
    proof = await proofText(scene.test.url, leafHash)
  })
  afterAll(() => scene?.stop())
  beforeEach(async () => {
    ;({ page, complaints } = await watchedPage(scene.browser))
    return () => page.context().close()
  })

  const open = async (query = '') => {
    await page.goto(`${scene.test.url}/verify${query}`, { waitUntil: 'networkidle' })
  }
  const drop = (text: string) =>
    page.locator('input[accept*=json]').setInputFiles({
      name: 'a.gwproof.json',
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    })
  const verdict = (word: string) => page.locator(`[data-verdict=${word}]`).waitFor()
  const statusOf = (step: string) => page.locator(`[data-step=${step}]`).getAttribute('data-status')

  it('proves a record named in the address, step by step', async () => {
    await open(`?leaf=${leafHash}`)
    await verdict('proved')
    for (const step of CHECKED) expect(await statusOf(step), step).toBe('proved')
    expect(await statusOf('disclosure')).toBe('not_applicable')
    expect(complaints).toEqual([])
  })

  it('proves a proof dropped as a file', async () => {
    await open()
    await drop(proof)
    await verdict('proved')
    expect(complaints).toEqual([])
  })

  it('fetches the proof of a leaf hash that is pasted', async () => {
    await open()
    await page.getByRole('textbox', { name: /paste a proof/ }).fill(`  ${leafHash}\n`)
    await page.getByRole('button', { name: 'Check it' }).click()
    await verdict('proved')
  })

  it.each([
    ['record_hash', (text: string) => text.replace('"power_status":"OFF"', '"power_status":"ON"')],
    ['inclusion', (text: string) => text.replace(/"index":\d+/, '"index":9000')],
    [
      'anchor',
      (text: string) => text.replace(/"block_hash":"0x[0-9a-f]{8}/, '"block_hash":"0xdeadbeef'),
    ],
  ] as const)('finds a lie about %s, and at that step', async (step, lie) => {
    const told = lie(proof)
    expect(told).not.toBe(proof)
    await open()
    await drop(told)
    await verdict('disproved')
    expect(await statusOf(step)).toBe('disproved')
    expect(await page.locator('[data-status=disproved]').count()).toBe(1)
  })

  it('tells what is no proof, and what belongs to another ledger, from a false one', async () => {
    await open()
    await drop('<!doctype html><title>404</title>')
    await verdict('not_a_proof')
    expect(await page.getByRole('button', { name: 'Print a certificate' }).count()).toBe(0)
    expect(await page.locator('[data-step]').count()).toBe(0)
    await source('contract', `0x${'12'.repeat(20)}`)
    await drop(proof)
    await verdict('elsewhere')
    expect(await statusOf('anchor')).toBe('not_checked')
    expect(await page.locator('[data-status=disproved]').count()).toBe(0)
  })

  it('checks nothing while a field holds what cannot be asked, and says which', async () => {
    await open()
    await page.getByRole('button', { name: 'Check it' }).click()
    await page.getByText('Paste a proof, a link or a leaf hash here').waitFor()
    await source('contract', '0x12')
    await drop(proof)
    await page.getByText('An address below cannot be asked').waitFor()
    await page.getByText('Not a contract').waitFor()
    expect(await page.locator('[data-verdict]').count()).toBe(0)
    await page.getByRole('button', { name: 'Back to the portal’s own' }).click()
    await verdict('proved')
  })

  it('says what it could not check when no Ethereum node is asked', async () => {
    await open()
    await source('rpcUrl', '')
    await drop(proof)
    await verdict('incomplete')
    expect(await statusOf('inclusion')).toBe('proved')
    for (const step of ['anchor', 'enrolment', 'batch_file'])
      expect(await statusOf(step)).toBe('not_checked')
  })

  it('says what it could not check when the node does not answer', async () => {
    await open()
    await source('rpcUrl', 'http://127.0.0.1:9')
    await drop(proof)
    await verdict('incomplete')
    expect(await page.locator('[data-step=anchor]').innerText()).toContain('did not answer')
  })

  it('remembers the chosen sources in this browser, and forgets them when asked', async () => {
    await open()
    await source('gatewayUrl', 'http://127.0.0.1:9')
    await open()
    const field = page.locator('input[name=gatewayUrl]')
    await expect.poll(() => field.inputValue()).toBe('http://127.0.0.1:9')
    await page.getByRole('button', { name: 'Back to the portal’s own' }).click()
    await expect.poll(() => field.inputValue()).toBe(scene.test.url)
  })

  it('checks what needs no network after the network is gone', async () => {
    await open()
    await page.getByTestId('ready').waitFor()
    await page.context().setOffline(true)
    await drop(proof)
    await verdict('incomplete')
    for (const step of ['malformed', 'record_hash', 'device_signature', 'inclusion'])
      expect(await statusOf(step), step).toBe('proved')
    for (const step of ['anchor', 'enrolment', 'batch_file'])
      expect(await statusOf(step), step).toBe('not_checked')
    await drop(proof.replace(/"index":\d+/, '"index":9000'))
    await verdict('disproved')
  })

  const qrOf = (text: string) => encodeQR(text, 'gif', { scale: 6 })
  const link = () => `${scene.test.url}/verify?leaf=${leafHash}`

  it('reads the link in a picture of a QR code', async () => {
    await open()
    const code = { name: 'code.gif', mimeType: 'image/gif', buffer: Buffer.from(qrOf(link())) }
    await page.getByTestId('qr-image').setInputFiles(code)
    await verdict('proved')
    expect(complaints).toEqual([])
  })

  it('says that a picture holds no QR code', async () => {
    await open()
    const none = { name: 'none.gif', mimeType: 'image/gif', buffer: Buffer.from('GIF89a') }
    await page.getByTestId('qr-image').setInputFiles(none)
    await page.getByText('No QR code was found in this picture.').waitFor()
  })

  it('asks for the camera only after a tap, and goes on without it', async () => {
    await page.addInitScript(() => {
      Reflect.set(window, 'asked', 0)
      navigator.mediaDevices.getUserMedia = () => {
        Reflect.set(window, 'asked', 1)
        return Promise.reject(new DOMException('no', 'NotAllowedError'))
      }
    })
    await open()
    expect(await page.evaluate(() => Reflect.get(window, 'asked'))).toBe(0)
    await page.getByRole('button', { name: 'Scan a QR code' }).click()
    await page.getByText('The camera may not be used.').waitFor()
    await page.getByRole('button', { name: 'Scan a QR code' }).waitFor()
  })

  it('reads the link from the camera and lets the camera go', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'gridwitness-camera-'))
    const film = join(dir, 'code.y4m')
    await writeFile(film, y4mOf(encodeQR(link(), 'raw', { border: 6 })))
    const browser = await launchBrowser([
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ])
    try {
      ;({ page } = await watchedPage(browser))
      await open()
      await page.getByRole('button', { name: 'Scan a QR code' }).click()
      await verdict('proved')
      expect(await page.locator('video').isVisible()).toBe(false)
    } finally {
      await browser.close()
      await rm(dir, { recursive: true, force: true })
    }
  })

  it('gives a link that others can open and a certificate that says how to check it', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await open(`?leaf=${leafHash}`)
    await verdict('proved')
    await page.getByRole('button', { name: 'Copy a link for others' }).click()
    await page.getByText('Link copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link())

    await page.emulateMedia({ media: 'print' })
    const sheet = page.getByTestId('certificate')
    const text = await sheet.innerText()
    for (const said of [leafHash, link(), scene.test.url, 'Proved', 'proves nothing by itself'])
      expect(text).toContain(said)
    expect(await sheet.getByRole('heading', { level: 2 }).count()).toBe(8)
    expect(await page.getByTestId('steps').isVisible()).toBe(false)
    const code = await sheet.getByRole('img').screenshot()
    const pixels = await page.evaluate(pixelsOf, code.toString('base64'))
    expect(decodeQR({ ...pixels, data: Uint8Array.from(pixels.data) })).toBe(link())
  })

  it('prints no certificate that calls proved what was not checked', async () => {
    await open()
    await source('rpcUrl', '')
    await drop(proof)
    await verdict('incomplete')
    await page.emulateMedia({ media: 'print' })
    const text = await page.getByTestId('certificate').innerText()
    expect(text).toContain('Could not check everything')
    expect(text.match(/Not checked$/gm)).toHaveLength(3)
  })

  it('speaks Hindi to the last word, of what holds and of what does not', async () => {
    await page.goto(`${scene.test.url}/hi/verify`, { waitUntil: 'networkidle' })
    await drop(proof)
    await verdict('proved')
    await page.locator('[data-step=anchor] summary').click()
    expect(await page.locator('[data-step=anchor]').innerText()).toContain('लेनदेन')
    expect(await page.getByTestId('steps').locator('[lang=en]').count()).toBe(0)
    await drop(proof.replace(/"block_hash":"0x[0-9a-f]{8}/, '"block_hash":"0xdeadbeef'))
    await verdict('disproved')
  })

  it('says that a record is not anchored yet instead of guessing', async () => {
    await open(`?leaf=${'0'.repeat(64)}`)
    await page.getByRole('alert').waitFor()
    expect(await page.locator('[data-verdict]').count()).toBe(0)
  })

  /** Types and stays in the field: what stands there counts. */
  const source = (name: string, value: string) => page.locator(`input[name=${name}]`).fill(value)
})

const FILM = { width: 640, height: 480, frames: 2 }
const LIGHT = 235
const DARK = 16
const NO_COLOUR = 128

/** A film that shows nothing but a QR code in its middle: YUV4MPEG2, 4:2:0. */
function y4mOf(code: readonly (readonly boolean[])[]): Buffer {
  const { width, height, frames } = FILM
  const scale = Math.floor(height / code.length)
  const margin = Math.floor((width - code.length * scale) / 2)
  const luma = Buffer.alloc(width * height, LIGHT)
  for (const [y, row] of code.entries())
    for (const [x, isDark] of row.entries())
      for (let line = 0; isDark && line < scale; line += 1) {
        const from = (y * scale + line) * width + margin + x * scale
        luma.fill(DARK, from, from + scale)
      }
  const frame = [Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, NO_COLOUR)]
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)
  return Buffer.concat([head, ...Array.from({ length: frames }, () => frame).flat()])
}

/** Runs in the browser: the pixels of a PNG in base64. */
async function pixelsOf(png: string) {
  const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0))
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
  const { width, height } = bitmap
  const context = new OffscreenCanvas(width, height).getContext('2d')
  context?.drawImage(bitmap, 0, 0)
  return { width, height, data: [...(context?.getImageData(0, 0, width, height).data ?? [])] }
}
