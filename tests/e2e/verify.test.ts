import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
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
    page.locator('input[type=file]').setInputFiles({
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
    ['malformed', (text: string) => text.replace('{', '{"extra":1,')],
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

  it('says that a record is not anchored yet instead of guessing', async () => {
    await open(`?leaf=${'0'.repeat(64)}`)
    await page.getByRole('alert').waitFor()
    expect(await page.locator('[data-verdict]').count()).toBe(0)
  })

  const source = async (name: string, value: string) => {
    const field = page.locator(`input[name=${name}]`)
    await field.fill(value)
    await field.blur()
  }
})
