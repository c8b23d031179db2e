import { TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, startTestPortal, type TestPortal } from '../portal.ts'
import { gridwitness } from '../integration/cli/session.ts'
import { barriersOn } from './barriers.ts'
import { launchBrowser } from './browser.ts'
import { watchedPage } from './scene.ts'

const EMAIL = 'asha@example.org'
const PASSWORD = 'seven grey herons over the canal'

describe('the first administrator', () => {
  let test: TestPortal
  let browser: Browser
  let page: Page
  let complaints: string[]
  let recoveryCode: string
  beforeAll(async () => {
    ;[test, browser] = await Promise.all([startTestPortal(), launchBrowser()])
    const watched = await watchedPage(browser, { viewport: { width: 390, height: 844 } })
    page = watched.page
    complaints = watched.complaints
  })
  afterAll(async () => {
    await browser?.close()
    await test?.stop()
  })

  const open = (path: string) => page.goto(`${test.url}${path}`, { waitUntil: 'networkidle' })
  const expectNoBarrier = async () => expect(await barriersOn(page)).toEqual([])

  it('is led to the sign-in page, and nothing of the officials’ area is sent before', async () => {
    const response = await fetch(`${test.url}/admin/people`, { redirect: 'manual' })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('/sign-in?to=/admin/people')
    await open('/hi/admin/people')
    expect(new URL(page.url()).pathname).toBe('/hi/sign-in')
    await expectNoBarrier()
  })

  it('comes by the link of the command line, and has to set up a second factor first', async () => {
    const { stdout } = await gridwitness(
      ['admin', 'create', '--portal', test.url, '--email', EMAIL, '--name', 'Asha Devi'],
      { env: { GRIDWITNESS_ADMIN_TOKEN: ADMIN_TOKEN } },
    )
    const link = stdout.split('\n')[1] ?? ''
    await page.goto(link, { waitUntil: 'networkidle' })
    await expectNoBarrier()
    await page.getByLabel('New password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Make the account' }).click()
    await page.waitForURL('**/account')
    await page.getByText('Before anything else').waitFor()
    await open('/admin/people')
    expect(new URL(page.url()).pathname).toBe('/account')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Set up an app' }).click()
    await page.getByAltText('QR code').waitFor()
    const secret = (await page.locator('form .font-mono').first().textContent())?.trim() ?? ''
    await page.getByLabel('Code the app shows now').fill(new TOTP({ secret }).generate())
    await page.getByRole('button', { name: 'Confirm' }).click()
    const codes = page.locator('[role=status] li')
    await codes.first().waitFor()
    expect(await codes.count()).toBe(10)
    recoveryCode = (await codes.first().textContent())?.trim() ?? ''
    await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor()
    await expectNoBarrier()
  })

  it('invites an auditor and sees both steps in the log, whose chain holds', async () => {
    await open('/admin/people')
    await page.getByLabel('E-mail address').fill('ravi@example.org')
    await page.getByLabel('Name', { exact: true }).fill('Ravi Kumar')
    await page.getByRole('combobox').first().click()
    await page.getByRole('option', { name: 'Auditor' }).click()
    await page.getByRole('button', { name: 'Make the link' }).click()
    await page.getByText(`${test.url}/invitation/`).waitFor()
    const invited = page.getByTestId('invitations').getByRole('listitem')
    await invited.filter({ hasText: 'Ravi Kumar' }).waitFor()
    // Nothing of Ravi's is left for whoever comes next.
    await page.getByRole('combobox').first().getByText('Official').waitFor()
    // Axe would see the button's colour halfway back from waiting.
    await open('/admin/people')
    await page.getByText('Ravi Kumar').waitFor()
    await expectNoBarrier()
    await page.getByRole('button', { name: 'Withdraw' }).click()
    await page.getByRole('button', { name: 'Withdraw for good?' }).click()
    await page.getByText('Ravi Kumar').waitFor({ state: 'detached' })
    await open('/admin/actions')
    await page.getByRole('cell', { name: 'totp_confirmed' }).waitFor()
    await page.getByRole('button', { name: 'Check the chain' }).click()
    await page.getByText('The chain holds').waitFor()
    await expectNoBarrier()
  })

  it('signs out, and in again with a password and a recovery code', async () => {
    await open('/account')
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.waitForURL('**/sign-in')
    await open('/sign-in?to=/admin/actions')
    await page.getByLabel('E-mail address').fill(EMAIL)
    await page.getByLabel('Password').fill('not the right one')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByText('Name or password is wrong').waitFor()
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByLabel('Code of your authenticator app').fill(recoveryCode)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL('**/admin/actions')
    await page.getByRole('cell', { name: 'sign_in_failed' }).waitFor()
  })

  it('who lost password and phone comes back by the link of the command line', async () => {
    await page.context().clearCookies()
    const { stdout } = await gridwitness(
      ['admin', 'reset', '--portal', test.url, '--email', EMAIL],
      { env: { GRIDWITNESS_ADMIN_TOKEN: ADMIN_TOKEN } },
    )
    await page.goto(stdout.split('\n')[1] ?? '', { waitUntil: 'networkidle' })
    await expectNoBarrier()
    await page.getByLabel('New password').fill(`${PASSWORD} again`)
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.waitForURL('**/account')
    await page.getByText('Before anything else').waitFor()
  })

  it('met no complaint of the browser but the refused password', () => {
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
  })
})
