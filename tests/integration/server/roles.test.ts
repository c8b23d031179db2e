import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROLES } from '../../../shared/account/role.ts'
import { coversArea } from '../../../server/services/account/actor.ts'
import { ROUTE_ROLES } from '../../../server/services/account/authorise.ts'
import type { Problem } from '../../../shared/api/problem.ts'
import type { People } from '../../../shared/api/accounts.ts'
import { asAdmin } from '../../portal.ts'
import { openAccountDesk, type AccountDesk } from './account-desk.ts'
import { routesIn, type Route } from './routes.ts'
import { join, setUpTotp, Visitor } from './visitor.ts'

const routes = (await routesIn()).filter(({ path }) => path.startsWith('/api/v1/admin/'))
const callOf = ({ method, path }: Route) => `${method} ${path}`

let desk: AccountDesk
const people = new Map<string, Visitor>()
beforeAll(async () => {
  desk = await openAccountDesk()
  await desk.models.areas.create({ _id: 'patna', name: 'Patna', kind: 'district' })
  for (const role of ROLES) {
    const areas = role === 'official' ? ['patna'] : []
    const visitor = await join(desk.url, { email: `${role}@example.org`, role, areas })
    if (role === 'admin') await setUpTotp(visitor, desk.clock)
    people.set(role, visitor)
  }
})
afterAll(() => desk?.stop())

const as = (role: string): Visitor => {
  const visitor = people.get(role)
  if (!visitor) throw new Error(`expected someone who is ${role}`)
  return visitor
}

/** Calls a route with nothing right but who calls. */
async function call(who: Visitor, { method, path }: Route, headers = {}) {
  const filled = path.replace('/api/v1/', '').replaceAll(/\{\w+\}/g, 'nothing')
  const body = method === 'GET' ? undefined : { nothing: true }
  const { status, body: answer } = await who.ask<Problem>(method, filled, body, headers)
  return { status, isRoleRefused: status === 403 && /^role: /.test(answer.detail) }
}

describe('the table of routes and roles', () => {
  it('lists every route below /api/v1/admin, and no other', () => {
    expect(Object.keys(ROUTE_ROLES).sort()).toEqual(routes.map(callOf).sort())
  })

  it('lets an auditor change nothing, and the operator’s token read no people', () => {
    for (const [route, roles] of Object.entries(ROUTE_ROLES)) {
      if (roles.includes('auditor')) expect(route).toMatch(/^GET /)
      if (/^GET .*\/(?:people|actions)/.test(route)) expect(roles).not.toContain('operator')
      expect(roles).toContain('admin')
    }
    expect(ROUTE_ROLES['PUT /api/v1/admin/people/{accountId}']).toEqual(['admin'])
  })
})

describe.each(routes.map((route) => [callOf(route), route] as const))('%s', (name, route) => {
  it.each(ROLES)('opens to %s exactly if listed', async (role) => {
    const { status, isRoleRefused } = await call(as(role), route)
    expect(status).not.toBe(401)
    expect(isRoleRefused).toBe(!ROUTE_ROLES[name]?.includes(role))
  })

  it('opens to the operator’s token exactly if listed', async () => {
    const { status, isRoleRefused } = await call(new Visitor(desk.url), route, asAdmin)
    expect(status).not.toBe(401)
    expect(isRoleRefused).toBe(!ROUTE_ROLES[name]?.includes('operator'))
  })

  it('is closed to nobody, to a wrong token, and to another site’s page', async () => {
    expect((await call(new Visitor(desk.url), route)).status).toBe(401)
    const wrong = { authorization: 'Bearer wrong' }
    expect((await call(as('admin'), route, wrong)).status).toBe(401)
    if (route.method === 'GET') return
    const { status, isRoleRefused } = await call(as('admin'), route, {
      origin: 'https://evil.example',
    })
    expect([status, isRoleRefused]).toEqual([403, false])
  })
})

it('a call that is not listed is refused to everybody', async () => {
  const route = { method: 'GET', path: '/api/v1/admin/secrets', file: '' }
  for (const role of ROLES) expect((await call(as(role), route)).isRoleRefused).toBe(true)
})

it('an official’s areas are those named and all that lie in them', async () => {
  await desk.models.areas.create({ _id: 'ward', name: 'Ward', kind: 'ward', parent_id: 'patna' })
  await desk.models.areas.create({ _id: 'gaya', name: 'Gaya', kind: 'district' })
  const official = { role: 'official', areas: ['patna'] } as const
  expect(await coversArea(desk.deps, official, 'patna')).toBe(true)
  expect(await coversArea(desk.deps, official, 'ward')).toBe(true)
  expect(await coversArea(desk.deps, official, 'gaya')).toBe(false)
  expect(await coversArea(desk.deps, { role: 'admin', areas: [] }, 'gaya')).toBe(true)
})

it('an administrator changes others, whose sessions end, and never their own role', async () => {
  const { body } = await as('admin').ask<People>('GET', 'admin/people')
  const idOf = (role: string) => body.items.find((person) => person.role === role)?.account_id
  const change = { role: 'official', areas: ['patna'], is_disabled: true }
  const own = await as('admin').ask('PUT', `admin/people/${idOf('admin')}`, change)
  expect(own.status).toBe(403)
  const other = await as('admin').ask('PUT', `admin/people/${idOf('auditor')}`, change)
  expect(other).toMatchObject({ status: 200, body: { role: 'official', is_disabled: true } })
  expect((await as('auditor').ask('GET', 'session')).body.state).toBe('signed_out')
  expect((await as('auditor').signIn('auditor@example.org')).status).toBe(401)
})
