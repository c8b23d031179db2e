import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { asAdmin, send as request } from '../portal.ts'
import { startScene, watchedPage, type Scene } from './scene.ts'

const PHONE = { viewport: { width: 390, height: 844 } }

describe('the complaint pages', () => {
  let scene: Scene
  let page: Page
  let complaints: string[]
  let place: string
  beforeAll(async () => {
    scene = await startScene()
    const [device] = scene.devices
    if (!device) throw new Error('expected a device')
    await scene.report(device, { power_status: 'OFF', reason: 'change' })
    place = `${device.facts.latitude}, ${device.facts.longitude}`
  })
  afterAll(() => scene?.stop())
  beforeEach(async () => {
    ;({ page, complaints } = await watchedPage(scene.browser, PHONE))
    return () => page.context().close()
  })

  const begin = async () => {
    await page.goto(`${scene.test.url}/complaints/new`, { waitUntil: 'networkidle' })
    await page.getByText('No electricity').click()
    const input = page.getByLabel('Latitude, longitude')
    await input.fill(place)
    await input.blur()
    await page.getByTestId('sensors').waitFor()
  }
  const file = async (words: string) => {
    await begin()
    await send(words)
  }
  const send = async (words: string) => {
    await page.getByLabel(/Anything to add/).fill(words)
    await page.getByRole('button', { name: 'File the complaint' }).click()
    await page.getByTestId('secret-link').waitFor()
  }

  it('tell what sensors around say, take a complaint, and show it to its filer', async () => {
    await begin()
    expect(await page.getByTestId('sensors').innerText()).toMatch(/no power since/)
    await page.locator('input[type=file]').setInputFiles({
      name: 'lane.png',
      mimeType: 'image/png',
      buffer: await sharp({ create: { width: 9, height: 9, channels: 3, background: '#222' } })
        .png()
        .toBuffer(),
    })
    await send('Dark since the storm')
    await page.getByTestId('secret-link').click()
    await page.getByTestId('own').waitFor()
    expect(await page.getByTestId('timeline').innerText()).toContain('Dark since the storm')
    expect(await page.getByTestId('timeline').innerText()).toContain('Photo added')
    expect(complaints).toEqual([])
  })

  it('keep what was begun until it is sent', async () => {
    await begin()
    await page.getByLabel(/Anything to add/).fill('Half a sentence')
    await page.reload({ waitUntil: 'networkidle' })
    await expect.poll(() => page.getByLabel(/Anything to add/).inputValue()).toBe('Half a sentence')
    await expect.poll(() => page.getByLabel('Latitude, longitude').inputValue()).toBe(place)
    expect(complaints).toEqual([])
  })

  it('mark a false closing, and let the filer dispute it', async () => {
    await file('Still dark')
    await page.getByTestId('secret-link').click()
    await page.getByTestId('own').waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    const actions = `/api/v1/admin/complaints/${id}/actions`
    const { status } = await request(
      scene.test.url,
      'POST',
      actions,
      { action: 'resolve' },
      asAdmin,
    )
    expect(status).toBe(201)
    await page.reload({ waitUntil: 'networkidle' })
    await page.getByTestId('contradicted').waitFor()
    await page.getByRole('button', { name: /Dispute/ }).click()
    await page.locator('[data-status=disputed]').waitFor()
    expect(complaints).toEqual([])
  })

  it('list complaints with the figures of an area, in both languages', async () => {
    await page.goto(`${scene.test.url}/complaints?area=in-br-patna`, { waitUntil: 'networkidle' })
    await page.getByTestId('complaints').waitFor()
    expect(await page.getByTestId('figures').innerText()).toContain('Patna')
    await page.goto(`${scene.test.url}/hi/complaints?area=in-br-patna`, {
      waitUntil: 'networkidle',
    })
    await page.getByText('बिजली नहीं है').first().waitFor()
    expect(complaints).toEqual([])
  })
})
