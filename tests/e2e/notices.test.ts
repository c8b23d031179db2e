import { createECDH, randomBytes } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { get, send } from '../portal.ts'
import { startScene, watchedPage, type Scene } from './scene.ts'

const AREA = 'in-br-patna'

describe('notices about an area', () => {
  let scene: Scene
  let page: Page
  const keys = createECDH('prime256v1')
  const subscription = {
    endpoint: `https://fcm.googleapis.com/fcm/send/${randomBytes(12).toString('hex')}`,
    keys: {
      p256dh: keys.generateKeys('base64url', 'uncompressed'),
      auth: randomBytes(16).toString('base64url'),
    },
  }
  beforeAll(async () => {
    scene = await startScene({ NUXT_PUSH_KEY: '01'.repeat(32) })
    for (const device of scene.devices) await scene.report(device)
    const context = await scene.browser.newContext({ viewport: { width: 390, height: 844 } })
    await context.grantPermissions(['notifications'], { origin: scene.test.url })
    page = await context.newPage()
    // The test's browser has no push service of its own; what it would hand out, stands here.
    await page.addInitScript((given) => {
      const handed = { ...given, toJSON: () => given, unsubscribe: async () => true }
      const held = () => (sessionStorage.getItem('handed') ? handed : null)
      Object.assign(PushManager.prototype, {
        getSubscription: async () => held(),
        subscribe: async () => {
          sessionStorage.setItem('handed', 'yes')
          return handed
        },
      })
    }, subscription)
  })
  afterAll(() => scene?.stop())

  it('begin and end with one button, and stay chosen when the page is opened again', async () => {
    await page.goto(`${scene.test.url}/areas/${AREA}`, { waitUntil: 'networkidle' })
    const begin = page.getByRole('button', { name: 'Send me notices' })
    expect((await begin.boundingBox())?.height).toBeGreaterThanOrEqual(44)
    await begin.focus()
    await page.keyboard.press('Enter')
    await page.getByText('You get notices about this area.').waitFor()
    await page.reload({ waitUntil: 'networkidle' })
    await page.getByRole('button', { name: 'No more notices about this area' }).click()
    await begin.waitFor()
  })

  it('say so where the browser blocks them', async () => {
    const { page: blocked } = await watchedPage(scene.browser)
    await blocked.addInitScript(() =>
      Object.defineProperty(Notification, 'permission', { get: () => 'denied' }),
    )
    await blocked.goto(`${scene.test.url}/areas/${AREA}`)
    await blocked.getByText('Your browser blocks notices from this portal').waitFor()
    await blocked.context().close()
  })

  it('say where they are to be had on an iPhone, and nothing where there are none', async () => {
    const { page: without } = await watchedPage(scene.browser)
    await without.addInitScript(() => Reflect.deleteProperty(window, 'PushManager'))
    await without.goto(`${scene.test.url}/areas/${AREA}`, { waitUntil: 'networkidle' })
    const notices = without.getByRole('heading', { name: 'Notices on this device' })
    expect(await notices.count()).toBe(0)
    await without.addInitScript(() => Object.assign(navigator, { standalone: false }))
    await without.reload()
    await notices.waitFor()
    await without.getByText('tap Share, then “Add to Home Screen”').waitFor()
    expect(await without.getByRole('button', { name: 'Send me notices' }).count()).toBe(0)
    await without.context().close()
  })

  it('are shown by the service worker, with the button that ends them', async () => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    const notice = { title: 'Patna: no mains', body: 'b', path: '/areas', tag: 't', stop: 'Stop' }
    // A browser without a window shows no notices: what it is asked to show is what can be seen of them.
    const shown = await page.context().serviceWorkers()[0]?.evaluate(`new Promise((resolve) => {
      ServiceWorkerRegistration.prototype.showNotification = async (...asked) => resolve(asked)
      self.dispatchEvent(new PushEvent('push', { data: ${JSON.stringify(JSON.stringify(notice))} }))
    })`)
    expect(shown).toMatchObject([
      notice.title,
      { body: 'b', tag: 't', data: '/areas', actions: [{ action: 'stop', title: 'Stop' }] },
    ])
  })

  it('can be asked for by the portal’s own pages alone', async () => {
    const body = { ...subscription, area_ids: [AREA], language: 'en' }
    const path = '/api/v1/push/subscriptions'
    const { url } = scene.test
    const foreign = await send<{ code: string }>(url, 'POST', path, body, {
      origin: 'https://elsewhere.example',
    })
    expect([foreign.status, foreign.body.code]).toEqual([403, 'wrong_origin'])
    const inside = await send<{ code: string }>(
      url,
      'POST',
      path,
      { ...body, endpoint: 'https://169.254.169.254/latest' },
      { origin: url },
    )
    expect([inside.status, inside.body.code]).toEqual([400, 'malformed'])
    expect((await get(url, '/api/v1/push/key')).status).toBe(200)
  })
})
