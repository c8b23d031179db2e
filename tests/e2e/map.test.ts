import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { startPortal } from '../../stack/portal.ts'
import { NOTICE, startScene, watchedPage, type Scene } from './scene.ts'

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true }

describe('the map', () => {
  let scene: Scene
  let page: Page
  let complaints: string[]
  beforeAll(async () => {
    scene = await startScene()
    for (const device of scene.devices) await scene.report(device)
  })
  afterAll(() => scene?.stop())
  beforeEach(async () => {
    ;({ page, complaints } = await watchedPage(scene.browser))
    return () => page.context().close()
  })

  const open = async (path = '/') => {
    await page.goto(`${scene.test.url}${path}`)
    await page.locator('[data-live=live]').waitFor()
    await page.locator('[aria-busy=false] .outage-map canvas').waitFor()
  }
  const pressed = (name: string) =>
    page.getByRole('button', { name, exact: true }).getAttribute('aria-pressed')
  const summary = () => page.getByTestId('summary')
  /** Points at a device the way a person does: at its place on the map. */
  const tap = async (longitude: number, latitude: number) => {
    const box = await page.locator('.outage-map').boundingBox()
    if (!box) throw new Error('the map has no box')
    const [x, y] = projected(longitude, latitude, box)
    await page.mouse.click(x, y)
  }

  it('says plainly what the data are', async () => {
    await open()
    expect(await page.getByTestId('notice').innerText()).toBe(NOTICE)
    expect(complaints).toEqual([])
  })

  it('is readable before any script runs', async () => {
    const { page: plain } = await watchedPage(scene.browser, { javaScriptEnabled: false })
    await plain.goto(scene.test.url)
    expect(await plain.getByTestId('summary').innerText()).toContain('No sensor reports an outage')
    expect(await plain.getByTestId('areas').innerText()).toContain('Patna')
    await plain.context().close()
  })

  it('tells of an outage the moment a sensor reports it, without loading again', async () => {
    await open()
    const [device] = scene.devices
    if (!device) throw new Error('expected a device')
    await scene.report(device, { power_status: 'OFF', reason: 'last_gasp' })
    await summary().getByText('1 of 6 sensors reports no mains').waitFor()
    expect(await summary().innerText()).toContain('40 customers affected')
    await scene.report(device, { power_status: 'ON', reason: 'boot' })
    await summary().getByText('No sensor reports an outage').waitFor()
    expect(complaints).toEqual([])
  })

  it('shows what is known of a sensor that is pointed at, and leads to its proof', async () => {
    await open()
    const [device] = scene.devices
    if (!device) throw new Error('expected a device')
    const { longitude = 0, latitude = 0, device_id } = device.facts
    await tap(longitude, latitude)
    const card = page.getByTestId('chosen')
    await card.getByText('Reports mains').waitFor()
    await card.getByTitle(device_id).waitFor()
    await card.getByRole('link', { name: 'Check its last reading' }).click()
    await page.waitForURL(/\/verify\?leaf=[0-9a-f]{64}$/)
  })

  it('can be used with the keyboard alone', async () => {
    await open()
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.id === 'content')
    for (let presses = 0; presses < 10 && !(await focused(page)).startsWith('Gaya'); presses += 1) {
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    const card = page.getByTestId('chosen')
    await card.getByText('0 of 80 watched customers off').waitFor()
    expect(await page.getByRole('button', { name: /^Gaya/ }).getAttribute('aria-pressed')).toBe(
      'true',
    )
  })

  it('offers the same as a list on a phone', async () => {
    const { page: phone, complaints: found } = await watchedPage(scene.browser, PHONE)
    await phone.goto(scene.test.url)
    await phone.locator('[data-live=live]').waitFor()
    expect(await phone.getByTestId('areas').isVisible()).toBe(false)
    await phone.getByRole('button', { name: 'List' }).tap()
    expect(await phone.locator('.outage-map').isVisible()).toBe(false)
    await phone.getByTestId('areas').getByText('Gaya').tap()
    await phone.getByTestId('chosen').getByText('0 of 80 watched customers off').waitFor()
    expect(await phone.locator('.outage-map').isVisible()).toBe(true)
    expect(found).toEqual([])
    await phone.context().close()
  })

  it('opens from a link as it was left, in the other language too', async () => {
    const [device] = scene.devices
    if (!device) throw new Error('expected a device')
    const { longitude = 0, latitude = 0, device_id } = device.facts
    await open(`/?lat=${latitude}&lon=${longitude}&zoom=13&device=${device_id}&show=on+off`)
    await page.getByTestId('chosen').getByTitle(device_id).waitFor()
    expect(await pressed('Silent')).toBe('false')
    await page.getByTestId('language').click()
    await page.waitForURL(/\/hi\?.*device=/)
    await page.getByTestId('chosen').getByTitle(device_id).waitFor()
    expect(complaints).toEqual([])
  })

  it('finds a place by its name with the keyboard, and keeps it in the address', async () => {
    await open()
    const search = page.getByRole('combobox')
    await search.fill('gay')
    await page.getByRole('option', { name: 'Gaya' }).waitFor()
    await search.press('ArrowDown')
    const first = page.getByRole('option').first()
    expect(await search.getAttribute('aria-activedescendant')).toBe(await first.getAttribute('id'))
    await search.press('Enter')
    await page.getByTestId('chosen').getByRole('heading', { name: 'Gaya' }).waitFor()
    await page.waitForURL(/area=in-br-gaya/)
    await search.fill('nowhere')
    await page.getByText('No place and no sensor begins so.').waitFor()
    expect(complaints).toEqual([])
  })

  it('says what the sensors around a visitor report, without being told where that is', async () => {
    const [device] = scene.devices
    if (!device) throw new Error('expected a device')
    const { longitude = 0, latitude = 0 } = device.facts
    await scene.report(device, { power_status: 'OFF', reason: 'last_gasp' })
    const geolocation = { latitude: latitude + 0.00123, longitude: longitude + 0.00123 }
    await page.context().grantPermissions(['geolocation'])
    await page.context().setGeolocation(geolocation)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await open()
    expect(await page.getByTestId('around').count()).toBe(0)
    await page.getByRole('button', { name: 'Show where I am' }).click()
    const around = page.getByTestId('around')
    await around
      .getByText(/^The only sensor around here reports no mains since \d\d:\d\d/)
      .waitFor()
    expect(asked.filter((url) => url.includes(geolocation.latitude.toFixed(5)))).toEqual([])
    await around.getByRole('link', { name: 'Report a problem here' }).click()
    await page.waitForURL(/\/complaints\/new$/)
    await scene.report(device, { power_status: 'ON', reason: 'boot' })
  })

  it('tells of the area where no sensor is near', async () => {
    await page.context().grantPermissions(['geolocation'])
    await page.context().setGeolocation({ latitude: 25.85, longitude: 85.2 })
    await open()
    await page.getByRole('button', { name: 'Show where I am' }).click()
    const around = page.getByTestId('around')
    await around.getByText('No sensor stands close by.').waitFor()
    expect(await around.getByTestId('wider').innerText()).toMatch(/^Patna: .*sensors/)
    await around.getByRole('link', { name: 'This area' }).waitFor()
  })

  it('says what to do where the browser does not tell the place', async () => {
    await open()
    await page.getByRole('button', { name: 'Show where I am' }).click()
    await page.getByText('Your browser does not tell where you are.').waitFor()
  })

  it('shows the states that are asked for, on the map and in the list', async () => {
    await open()
    const sensors = page.getByTestId('sensors').getByRole('listitem')
    await sensors.first().waitFor()
    expect(await sensors.count()).toBe(scene.devices.length)
    await page.getByRole('button', { name: 'Mains', exact: true }).click()
    await page.getByText('No such sensor in view.').waitFor()
    await page.waitForURL(/show=off\+silent/)
    expect(complaints).toEqual([])
  })

  it('goes back in time with the keyboard, says to when, and returns to now', async () => {
    await open()
    const slider = page.getByRole('slider', { name: 'Moment shown' })
    expect(await slider.getAttribute('aria-valuetext')).toBe('Now')
    await slider.press('ArrowLeft')
    await summary().getByText('As it was at').waitFor()
    await page.waitForURL(/at=20/)
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/\d\d:\d\d/)
    // Nothing stood there then: not shown as power, nor as an outage.
    await summary().getByText('No sensor was in service then').waitFor()
    await page.getByRole('button', { name: 'Play the last 48 hours' }).click()
    await summary().locator('[data-live=live]').waitFor()
    await summary().getByText('No sensor reports an outage').waitFor()
    await slider.press('Home')
    await summary().getByText('As it was at').waitFor()
    await page.getByRole('button', { name: 'Back to now' }).click()
    await summary().locator('[data-live=live]').waitFor()
    expect(complaints).toEqual([])
  })

  it('says so when the portal is gone, keeps what it showed, and comes back by itself', async () => {
    await open()
    const { portal, env } = scene.test
    const headline = await page.getByRole('heading', { level: 1 }).innerText()
    portal.kill('SIGKILL')
    await page.locator('[data-live=lost]').waitFor()
    expect(await summary().innerText()).toContain('Connection lost')
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(headline)
    const again = await startPortal({ env, port: Number(new URL(portal.url).port) })
    try {
      await page.locator('[data-live=live]').waitFor()
    } finally {
      await again.stop()
    }
  })
})

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')

const CENTER = { longitude: 85.45, latitude: 25.6, zoom: 9 }
const TILE_PX = 256

/** Web Mercator pixels of a place on a map around `CENTER`. */
function projected(
  longitude: number,
  latitude: number,
  box: { x: number; y: number; width: number; height: number },
): [number, number] {
  const world = TILE_PX * 2 ** CENTER.zoom
  const across = (degrees: number) => ((degrees + 180) / 360) * world
  const down = (degrees: number) => {
    const sine = Math.sin((degrees * Math.PI) / 180)
    return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world
  }
  return [
    box.x + box.width / 2 + across(longitude) - across(CENTER.longitude),
    box.y + box.height / 2 + down(latitude) - down(CENTER.latitude),
  ]
}
