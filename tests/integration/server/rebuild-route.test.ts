import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Actions } from '../../../shared/api/accounts.ts'
import { rebuildAskedSchema } from '../../../shared/api/outages.ts'
import { openAccountDesk, type AccountDesk } from './account-desk.ts'
import { join, setUpTotp } from './visitor.ts'

let desk: AccountDesk
beforeAll(async () => {
  desk = await openAccountDesk()
})
afterAll(() => desk?.stop())

it('lets an administrator ask that all outages be derived anew, and notes who asked', async () => {
  const admin = await join(desk.url, { email: 'admin@example.org', role: 'admin' })
  await setUpTotp(admin, desk.clock)
  const { status, body } = await admin.ask('POST', 'admin/outages/rebuild')
  expect(status).toBe(202)
  expect(rebuildAskedSchema.parse(body)).toEqual({ asked_at: desk.clock.now().toISOString() })
  const basis = await desk.models.outageBasis.findById('basis').lean()
  expect(basis?.rebuild?.stage).toBe('asked')
  const log = await admin.ask<Actions>('GET', 'admin/actions?limit=1')
  expect(log.body.items).toMatchObject([{ action: 'outages_rebuild_asked' }])
})
