import { expect, it, vi } from 'vitest'
import { personInvitationSchema, resetRequestSchema } from '../../../shared/api/accounts.ts'
import { problem, startPortal } from './portal.ts'
import { gridwitness } from './session.ts'

vi.setConfig({ testTimeout: 30_000 })

const env = { GRIDWITNESS_ADMIN_TOKEN: 'token' }
const words = (portal: string) => [
  ...['admin', 'create', '--portal', portal],
  ...['--email', 'Asha@Example.org', '--name', 'Asha Devi'],
]

it('an administrator is invited with the operator’s token, and the link is shown once', async () => {
  const token = 'A'.repeat(43)
  await using portal = await startPortal(({ body }) => {
    personInvitationSchema.parse(body)
    const invited = {
      token,
      url: 'https://elsewhere.example/',
      expires_at: '2026-11-24T12:00:00.000Z',
    }
    return { status: 201, body: invited }
  })
  const { stdout, stderr, code } = await gridwitness(words(portal.url), { env })
  expect(stderr).toBe('')
  expect(stdout).toBe(
    `asha@example.org becomes an administrator by this link, once, until 2026-11-24T12:00:00.000Z:\n${portal.url}/invitation/${token}\n`,
  )
  expect(code).toBe(0)
  expect(portal.requests[0]).toMatchObject({
    method: 'POST',
    path: '/api/v1/admin/people',
    headers: { authorization: 'Bearer token' },
    body: { email: 'asha@example.org', name: 'Asha Devi', role: 'admin', areas: [] },
  })
})

it('an address that has an account is refused as the portal says it', async () => {
  await using portal = await startPortal(() =>
    problem(409, 'account_conflict', 'email: expected one without account'),
  )
  const { stdout, stderr, code } = await gridwitness(words(portal.url), { env })
  expect(stdout).toBe('')
  expect(stderr).toContain('account_conflict')
  expect(code).toBe(1)
})

it('something that is no address is refused before anything is sent', async () => {
  await using portal = await startPortal(() => ({ status: 500 }))
  const args = words(portal.url).with(5, 'asha')
  const { stderr, code } = await gridwitness(args, { env })
  expect(stderr).toContain('--email: expected an e-mail address')
  expect(portal.requests).toEqual([])
  expect(code).toBe(2)
})

it('who lost password or phone gets a way back with the operator’s token', async () => {
  const token = 'B'.repeat(43)
  await using portal = await startPortal(({ body }) => {
    resetRequestSchema.parse(body)
    const link = {
      token,
      url: 'https://elsewhere.example/',
      expires_at: '2026-11-21T13:00:00.000Z',
    }
    return { status: 201, body: link }
  })
  const args = ['admin', 'reset', '--portal', portal.url, '--email', 'Asha@Example.org']
  const { stdout, code } = await gridwitness(args, { env })
  expect(stdout).toBe(
    `asha@example.org signs in again by this link, once, until 2026-11-21T13:00:00.000Z:\n${portal.url}/reset/${token}\n`,
  )
  expect(code).toBe(0)
  expect(portal.requests[0]).toMatchObject({
    method: 'POST',
    path: '/api/v1/admin/resets',
    body: { email: 'asha@example.org' },
  })
})
