import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Actions, OneTimeLink, Reset } from '../../../shared/api/accounts.ts'
import type { Problem } from '../../../shared/api/problem.ts'
import { asAdmin } from '../../portal.ts'
import { openAccountDesk, type AccountDesk } from './account-desk.ts'
import { join, PASSWORD, setUpTotp, Visitor } from './visitor.ts'

const HOUR_MS = 3_600_000
const NEW_PASSWORD = 'nine blue kites above the ghat'
const EMAIL = 'asha@example.org'

let desk: AccountDesk
let admin: Visitor
let asha: Visitor
beforeAll(async () => {
  desk = await openAccountDesk()
})
afterAll(() => desk?.stop())
beforeEach(async () => {
  const { accounts, sessions, signInAttempts, actions } = desk.models
  for (const model of [accounts, sessions, signInAttempts, actions])
    await model.collection.deleteMany({})
  admin = await join(desk.url, { email: 'ravi@example.org', role: 'admin' })
  await setUpTotp(admin, desk.clock)
  asha = await join(desk.url, { email: EMAIL, role: 'auditor' })
  await setUpTotp(asha, desk.clock)
})

const visitor = () => new Visitor(desk.url)
const stateOf = async (who: Visitor) => (await who.ask('GET', 'session')).body.state
const codeOf = (answer: { body: unknown }) => (answer.body as Problem).code
const issue = (who: Visitor, email = EMAIL, headers = {}) =>
  who.ask<OneTimeLink>('POST', 'admin/resets', { email }, headers)
const take = (who: Visitor, token: string, password = NEW_PASSWORD) =>
  who.ask('POST', `resets/${token}`, { password })
const actionsOf = async () =>
  (await admin.ask<Actions>('GET', 'admin/actions')).body.items.map(({ action }) => action)

describe('a way back', () => {
  it('changes nothing until it is used; then password, factor and sessions are gone, once', async () => {
    const { status, body } = await issue(admin)
    expect([status, body.url]).toEqual([201, `${desk.url}/reset/${body.token}`])
    expect(await stateOf(asha)).toBe('signed_in')
    expect((await visitor().signIn(EMAIL)).body.state).toBe('second_factor')
    const phone = visitor()
    const seen = await phone.ask<Reset>('GET', `resets/${body.token}`)
    expect(seen.body).toEqual({ email: EMAIL, name: 'Asha Devi', expires_at: body.expires_at })
    expect(seen.headers.get('cache-control')).toBe('no-store')
    const both = [phone, visitor()]
    const statuses = await Promise.all(both.map((who) => take(who, body.token)))
    expect(statuses.map((answer) => answer.status).sort()).toEqual([200, 404])
    const winner = both[statuses[0]?.status === 200 ? 0 : 1]
    if (!winner) throw new Error('expected a winner')
    expect((await winner.ask('GET', 'session')).body).toMatchObject({
      state: 'signed_in',
      account: { has_second_factor: false, recovery_codes_left: 0 },
    })
    expect(await stateOf(asha)).toBe('signed_out')
    expect(codeOf(await visitor().signIn(EMAIL, PASSWORD))).toBe('wrong_credentials')
    expect((await visitor().signIn(EMAIL, NEW_PASSWORD)).body.state).toBe('signed_in')
    expect(codeOf(await take(visitor(), body.token))).toBe('not_found')
    const log = await actionsOf()
    expect(log).toContain('reset_issued')
    expect(log).toContain('reset_used')
  })

  it('is kept as a hash, lasts an hour, and one made later voids it', async () => {
    const first = await issue(admin)
    expect(JSON.stringify(await desk.models.accounts.find().lean())).not.toContain(first.body.token)
    const second = await issue(admin)
    expect(codeOf(await take(visitor(), first.body.token))).toBe('not_found')
    desk.clock.advance(HOUR_MS - 1)
    expect((await visitor().ask('GET', `resets/${second.body.token}`)).status).toBe(200)
    desk.clock.advance(1)
    expect(codeOf(await take(visitor(), second.body.token))).toBe('not_found')
  })

  it('is never for oneself, nobody unknown, or an account out of use', async () => {
    expect(codeOf(await issue(admin, 'ravi@example.org'))).toBe('forbidden')
    expect(codeOf(await issue(admin, 'nobody@example.org'))).toBe('not_found')
    const { body } = await issue(admin)
    await desk.models.accounts.updateOne({ email: EMAIL }, { is_disabled: true })
    expect(codeOf(await issue(admin))).toBe('account_conflict')
    expect(codeOf(await take(visitor(), body.token))).toBe('not_found')
  })

  it('takes no weak password and no other site’s page, and is good for another try', async () => {
    const { body } = await issue(admin)
    expect(codeOf(await take(visitor(), body.token, 'Asha Devi Asha Devi'))).toBe('weak_password')
    const foreign = await visitor().ask(
      'POST',
      `resets/${body.token}`,
      { password: NEW_PASSWORD },
      { origin: 'https://evil.example' },
    )
    expect(codeOf(foreign)).toBe('wrong_origin')
    expect((await take(visitor(), body.token)).status).toBe(200)
  })

  it('ends the lock that wrong tries put on the account', async () => {
    for (let n = 0; n < 6; n++)
      await new Visitor(desk.url, `198.51.100.${n}`).signIn(EMAIL, 'wrong')
    expect(codeOf(await visitor().signIn(EMAIL))).toBe('rate_limited')
    const { body } = await issue(admin)
    await take(visitor(), body.token)
    expect((await visitor().signIn(EMAIL, NEW_PASSWORD)).status).toBe(200)
  })

  it('of the operator’s token lets the last administrator in, who sets up a factor first', async () => {
    const { status, body } = await issue(visitor(), 'ravi@example.org', asAdmin)
    expect(status).toBe(201)
    const ravi = visitor()
    expect((await take(ravi, body.token)).body.state).toBe('set_up')
    expect(codeOf(await ravi.ask('GET', 'admin/people'))).toBe('second_factor_required')
  })
})
