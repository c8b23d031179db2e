import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { passwords, OWASP_COST } from '../../../server/adapters/passwords.ts'
import { originFrom, signIn } from '../../../server/services/account/sign-in.ts'
import type { Deps } from '../../../server/services/deps.ts'
import type { Actions, Invitation, People } from '../../../shared/api/accounts.ts'
import type { Problem } from '../../../shared/api/problem.ts'
import { asAdmin, send } from '../../portal.ts'
import { openAccountDesk, type AccountDesk } from './account-desk.ts'
import { invite, join, PASSWORD, setUpTotp, Visitor } from './visitor.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const STEP_MS = 30_000
const OFFICIAL = { email: 'asha@example.org', role: 'official', areas: ['patna'] }

let desk: AccountDesk
beforeAll(async () => {
  desk = await openAccountDesk()
})
afterAll(() => desk?.stop())
beforeEach(async () => {
  const { accounts, invitations, sessions, signInAttempts, actions, areas } = desk.models
  for (const model of [accounts, invitations, sessions, signInAttempts, actions, areas])
    await model.collection.deleteMany({})
  await areas.create({ _id: 'patna', name: 'Patna', kind: 'district', parent_id: null })
})

const visitor = (address?: string) => new Visitor(desk.url, address)
const stateOf = async (who: Visitor) => (await who.ask('GET', 'session')).body.state
const codeOf = (answer: { body: unknown }) => (answer.body as Problem).code

describe('an invitation', () => {
  it('becomes an account that is signed in, once', async () => {
    const { token, url } = await invite(desk.url, OFFICIAL)
    expect(url).toBe(`${desk.url}/invitation/${token}`)
    const asha = visitor()
    const seen = await asha.ask<Invitation>('GET', `invitations/${token}`)
    expect(seen.body).toMatchObject({ email: 'asha@example.org', role: 'official' })
    expect(seen.headers.get('cache-control')).toBe('no-store')
    const [first, second] = await Promise.all([
      asha.ask('POST', `invitations/${token}`, { password: PASSWORD }),
      visitor().ask('POST', `invitations/${token}`, { password: `${PASSWORD}!` }),
    ])
    expect([first.status, second.status].sort()).toEqual([201, 404])
    expect(await desk.models.accounts.countDocuments({})).toBe(1)
    const third = await asha.ask('POST', `invitations/${token}`, { password: PASSWORD })
    expect([third.status, codeOf(third)]).toEqual([404, 'not_found'])
    const winner = first.status === 201 ? first : second
    expect(winner.body).toMatchObject({
      state: 'signed_in',
      account: {
        role: 'official',
        areas: ['patna'],
        pseudonym: expect.stringMatching(/^official:[0-9a-f]{4}$/),
      },
    })
  })

  it('ends after three days', async () => {
    const { token } = await invite(desk.url, OFFICIAL)
    desk.clock.advance(72 * HOUR_MS)
    const late = await visitor().ask('POST', `invitations/${token}`, { password: PASSWORD })
    expect([late.status, codeOf(late)]).toEqual([404, 'not_found'])
  })

  it('is kept as a hash: who reads the database cannot use it', async () => {
    const { token } = await invite(desk.url, OFFICIAL)
    expect(JSON.stringify(await desk.models.invitations.find().lean())).not.toContain(token)
  })

  it.each([
    ['too short', 'fourteen chars'],
    ['made of common words', 'Password1234567890!'],
    ['of one key', 'aaaaaaaaaaaaaaaaaaaaaa'],
    ['made of name and address', 'asha-devi-asha-example'],
  ])('is not taken with a password that is %s', async (_, password) => {
    const { token } = await invite(desk.url, OFFICIAL)
    const answer = await visitor().ask('POST', `invitations/${token}`, { password })
    expect([answer.status, codeOf(answer)]).toEqual([422, 'weak_password'])
    expect(JSON.stringify(answer.body)).not.toContain(password)
  })

  it('made again for the same address takes the place of the one before', async () => {
    const [first, second] = [await invite(desk.url, OFFICIAL), await invite(desk.url, OFFICIAL)]
    const accept = ({ token }: { token: string }) =>
      visitor().ask('POST', `invitations/${token}`, { password: PASSWORD })
    expect((await accept(first)).status).toBe(404)
    expect((await accept(second)).status).toBe(201)
  })

  it('is withdrawn by an administrator before it is used, which stands in the action log', async () => {
    const admin = await join(desk.url, { email: 'admin@example.org', role: 'admin' })
    await setUpTotp(admin, desk.clock)
    const { token } = await invite(desk.url, OFFICIAL)
    const { body } = await admin.ask<People>('GET', 'admin/people')
    const [open] = body.invitations
    expect(open).toMatchObject({ email: OFFICIAL.email, areas: OFFICIAL.areas })
    const withdraw = () => admin.ask('DELETE', `admin/invitations/${open?.account_id}`)
    expect((await withdraw()).status).toBe(204)
    const late = await visitor().ask('POST', `invitations/${token}`, { password: PASSWORD })
    expect([late.status, codeOf(late)]).toEqual([404, 'not_found'])
    expect((await withdraw()).status).toBe(404)
    const { body: log } = await admin.ask<Actions>('GET', 'admin/actions')
    const noted = { action: 'invitation_withdrawn', target: open?.account_id }
    expect(log.items).toContainEqual(expect.objectContaining(noted))
  })

  it('goes to nobody who has an account, into no area there is not, and officials need one', async () => {
    await join(desk.url, OFFICIAL)
    const ask = (body: object) =>
      send<Problem>(desk.url, 'POST', '/api/v1/admin/people', body, asAdmin)
    const name = 'Asha'
    expect((await ask({ ...OFFICIAL, name })).body.code).toBe('account_conflict')
    const other = { ...OFFICIAL, name, email: 'b@example.org' }
    expect((await ask({ ...other, areas: ['nowhere'] })).body.code).toBe('unknown_area')
    expect((await ask({ ...other, areas: [] })).body.code).toBe('malformed')
    expect((await ask({ ...other, role: 'auditor' })).body.code).toBe('malformed')
  })
})

describe('signing in', () => {
  it('sets a cookie scripts cannot read, that no other site sends along', async () => {
    await join(desk.url, OFFICIAL)
    const asha = visitor()
    expect((await asha.signIn(' Asha@Example.org ')).body.state).toBe('signed_in')
    const [cookie = ''] = asha.setCookies
    expect(cookie).toMatch(/^session=[A-Za-z0-9_-]{34}; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  it('sets a cookie bound to host and https, wherever the portal is not on one’s own machine', async () => {
    await join(desk.url, OFFICIAL)
    const { port } = new URL(desk.url)
    const sent = request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/api/v1/session',
      headers: {
        host: 'portal.example',
        origin: 'https://portal.example',
        'content-type': 'application/json',
      },
    })
    sent.end(JSON.stringify({ email: OFFICIAL.email, password: PASSWORD }))
    const [answer]: IncomingMessage[] = await once(sent, 'response')
    answer?.resume()
    expect(answer?.headers['set-cookie']?.[0]).toMatch(
      /^__Host-session=[A-Za-z0-9_-]{34}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
  })

  it('answers the same for a wrong password, an unknown name and a disabled account', async () => {
    await join(desk.url, OFFICIAL)
    await join(desk.url, { ...OFFICIAL, email: 'gone@example.org' })
    await desk.models.accounts.updateOne({ email: 'gone@example.org' }, { is_disabled: true })
    const answers = [
      await visitor().signIn('asha@example.org', 'wrong'),
      await visitor().signIn('nobody@example.org', 'wrong'),
      await visitor().signIn('gone@example.org', PASSWORD),
    ]
    for (const answer of answers) expect(answer).toMatchObject({ status: 401 })
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(codeOf({ body: answers[0]?.body })).toBe('wrong_credentials')
  })

  it('hashes as long for a name nobody has', async () => {
    const real = passwords(OWASP_COST)
    const hash = await real.hash(PASSWORD)
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    const timed = async (known: string | null) => {
      const times: number[] = []
      for (let n = 0; n < 5; n++) {
        const start = performance.now()
        await real.matches('wrong', known)
        times.push(performance.now() - start)
      }
      return Math.min(...times)
    }
    await timed(null)
    const ratio = (await timed(null)) / (await timed(hash))
    expect(ratio).toBeGreaterThan(0.4)
    expect(ratio).toBeLessThan(2.5)
  })

  it('is locked for an account after five wrong tries, longer each time, known or not', async () => {
    await join(desk.url, OFFICIAL)
    for (const email of ['asha@example.org', 'nobody@example.org']) {
      const waits: number[] = []
      for (let n = 0; n < 5; n++)
        expect((await visitor(`198.51.100.${n}`).signIn(email, 'wrong')).status).toBe(401)
      for (let n = 0; n < 7; n++) {
        const refused = await visitor('198.51.100.9').signIn(email)
        expect([refused.status, codeOf(refused)]).toEqual([429, 'rate_limited'])
        const waitS = Number(refused.headers.get('retry-after'))
        waits.push(waitS)
        desk.clock.advance(waitS * 1000)
        await visitor(`198.51.101.${n}`).signIn(email, 'wrong')
      }
      expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900])
    }
  })

  it('is open again when the wait is over, and forgets the failures once it succeeds', async () => {
    await join(desk.url, OFFICIAL)
    for (let n = 0; n < 5; n++) await visitor().signIn('asha@example.org', 'wrong')
    desk.clock.advance(30_000)
    expect((await visitor().signIn('asha@example.org')).status).toBe(200)
    expect((await visitor().signIn('asha@example.org', 'wrong')).status).toBe(401)
    expect((await visitor().signIn('asha@example.org')).status).toBe(200)
  })

  it('gives many tries at once no more than five', async () => {
    await join(desk.url, OFFICIAL)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        visitor(`198.51.100.${n}`).signIn('asha@example.org', 'wrong'),
      ),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(15)
  })

  it('is locked for an address that tries many names, not for others', async () => {
    await join(desk.url, OFFICIAL)
    for (let n = 0; n < 30; n++) await visitor('2001:db8::1').signIn(`n${n}@example.org`, 'wrong')
    const neighbour = visitor('2001:db8::ffff')
    expect((await neighbour.signIn('asha@example.org')).status).toBe(429)
    expect((await visitor('2001:db9::1').signIn('asha@example.org')).status).toBe(200)
  })

  it('ends the session the browser came with, so that a planted one is never signed in', async () => {
    const attacker = await join(desk.url, { ...OFFICIAL, email: 'attacker@example.org' })
    await join(desk.url, OFFICIAL)
    const asha = visitor()
    asha.cookie = attacker.cookie
    await asha.signIn('asha@example.org')
    expect(asha.cookie).not.toBe(attacker.cookie)
    expect(await stateOf(attacker)).toBe('signed_out')
    asha.cookie = 'session=chosenbysomeoneelse'
    await asha.signIn('asha@example.org')
    expect(asha.cookie).not.toContain('chosen')
  })

  it.each([
    ['of another site', 'https://evil.example'],
    ['of another port', 'http://127.0.0.1:1'],
    ['that says none', null],
  ])('and every write is refused to a page %s', async (_, origin) => {
    const asha = await join(desk.url, OFFICIAL)
    const body = { password: PASSWORD }
    const calls: [string, string, object?][] = [
      ['POST', 'session', { email: OFFICIAL.email, ...body }],
      ['DELETE', 'session'],
      ['POST', 'account/totp', body],
      ['PUT', 'account/password', { ...body, new_password: 'another long sentence' }],
      ['DELETE', 'account/sessions'],
    ]
    for (const [method, path, sent] of calls) {
      const answer = await asha.ask(method, path, sent, { origin })
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 403, 'wrong_origin'])
    }
    expect(await stateOf(asha)).toBe('signed_in')
  })
})

describe('a second factor', () => {
  it('is asked for after the password, which opens nothing by itself', async () => {
    const asha = await join(desk.url, OFFICIAL)
    const { code } = await setUpTotp(asha, desk.clock)
    desk.clock.advance(STEP_MS)
    const other = visitor()
    expect((await other.signIn(OFFICIAL.email)).body).toEqual({
      state: 'second_factor',
      account: null,
    })
    const halfway = other.cookie
    expect((await other.ask('GET', 'account/sessions')).status).toBe(401)
    expect((await other.ask('POST', 'account/totp', { password: PASSWORD })).status).toBe(401)
    const answer = await other.ask('POST', 'session/second-factor', { code: code() })
    expect(answer.body).toMatchObject({ state: 'signed_in', account: { has_second_factor: true } })
    expect(other.cookie).not.toBe(halfway)
    other.cookie = halfway
    expect(await stateOf(other)).toBe('signed_out')
  })

  it('takes a code once, for two at the same moment too', async () => {
    const asha = await join(desk.url, OFFICIAL)
    const { code } = await setUpTotp(asha, desk.clock)
    const both = [visitor(), visitor()]
    for (const one of both) await one.signIn(OFFICIAL.email)
    const try1 = await both[0]?.ask('POST', 'session/second-factor', { code: code() })
    expect(try1?.status, 'the code the app was confirmed with').toBe(401)
    desk.clock.advance(STEP_MS)
    const statuses = await Promise.all(
      both.map(
        async (one) => (await one.ask('POST', 'session/second-factor', { code: code() })).status,
      ),
    )
    expect(statuses.sort()).toEqual([200, 401])
  })

  it('takes no code older than the last one used, though clocks may differ by a step', async () => {
    const asha = await join(desk.url, OFFICIAL)
    const { code } = await setUpTotp(asha, desk.clock)
    const pass = async (given: string) => {
      const one = visitor()
      await one.signIn(OFFICIAL.email)
      return (await one.ask('POST', 'session/second-factor', { code: given })).status
    }
    desk.clock.advance(STEP_MS)
    const first = code()
    desk.clock.advance(STEP_MS)
    const second = code()
    expect(await pass(second)).toBe(200)
    expect(await pass(first)).toBe(401)
    desk.clock.advance(STEP_MS)
    const third = code()
    desk.clock.advance(STEP_MS)
    expect(await pass(third)).toBe(200)
  })

  it('takes a recovery code once', async () => {
    const asha = await join(desk.url, OFFICIAL)
    const { recoveryCodes } = await setUpTotp(asha, desk.clock)
    const [first = ''] = recoveryCodes
    expect(recoveryCodes).toHaveLength(10)
    expect(first).toMatch(/^(?:[A-Z2-7]{4}-){5}[A-Z2-7]{4}$/)
    const pass = async (code: string) => {
      const one = visitor()
      await one.signIn(OFFICIAL.email)
      return one.ask('POST', 'session/second-factor', { code })
    }
    expect((await pass(first.toLowerCase())).body).toMatchObject({
      state: 'signed_in',
      account: { recovery_codes_left: 9 },
    })
    expect(codeOf(await pass(first))).toBe('wrong_code')
    expect(JSON.stringify(await desk.models.accounts.find().lean())).not.toContain(first)
  })

  it('is locked after five wrong codes, whatever the session', async () => {
    const asha = await join(desk.url, OFFICIAL)
    const { code } = await setUpTotp(asha, desk.clock)
    desk.clock.advance(STEP_MS)
    const right = code()
    const wrong = right === '000000' ? '000001' : '000000'
    const statuses: number[] = []
    for (let n = 0; n < 6; n++) {
      const one = visitor(`198.51.100.${n}`)
      await one.signIn(OFFICIAL.email)
      statuses.push((await one.ask('POST', 'session/second-factor', { code: wrong })).status)
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  })

  it('is what an administrator has before anything else', async () => {
    const admin = await join(desk.url, { email: 'admin@example.org', role: 'admin' })
    expect(await stateOf(admin)).toBe('set_up')
    const refused = await admin.ask('GET', 'admin/people')
    expect([refused.status, codeOf(refused)]).toEqual([403, 'second_factor_required'])
    expect(codeOf(await admin.ask('GET', 'account/sessions'))).toBe('second_factor_required')
    const { begun } = await setUpTotp(admin, desk.clock)
    expect(begun.uri).toMatch(/^otpauth:\/\/totp\/Gridwitness:admin%40example\.org\?/)
    expect(begun.qr).toMatch(/^<svg|^<\?xml/)
    expect((await admin.ask('GET', 'admin/people')).status).toBe(200)
    const removal = await admin.ask('POST', 'account/totp/removal', { password: PASSWORD })
    expect(codeOf(removal)).toBe('forbidden')
  })

  it('keeps its secret sealed in the database', async () => {
    const asha = await join(desk.url, OFFICIAL)
    const { begun } = await setUpTotp(asha, desk.clock)
    const stored = JSON.stringify(await desk.models.accounts.find().lean())
    expect(stored).not.toContain(begun.secret)
  })
})

describe('a session', () => {
  it('that is revoked is over at once, and nobody revokes another’s', async () => {
    const asha = await join(desk.url, OFFICIAL)
    const phone = visitor('192.0.2.9')
    desk.clock.advance(MINUTE_MS)
    await phone.signIn(OFFICIAL.email)
    const stranger = await join(desk.url, { ...OFFICIAL, email: 'b@example.org' })
    const { body } = await asha.ask<{ items: { session_id: string; is_current: boolean }[] }>(
      'GET',
      'account/sessions',
    )
    expect(body.items).toMatchObject([
      { is_current: false, network: '192.0.2.0/24', agent: 'test browser' },
      { is_current: true, network: '203.0.113.0/24' },
    ])
    const other = body.items.find(({ is_current }) => !is_current)?.session_id
    expect((await stranger.ask('DELETE', `account/sessions/${other}`)).status).toBe(404)
    expect(await stateOf(phone)).toBe('signed_in')
    expect((await asha.ask('DELETE', `account/sessions/${other}`)).status).toBe(204)
    expect(await stateOf(phone)).toBe('signed_out')
    expect(await stateOf(asha)).toBe('signed_in')
  })

  it('ends everywhere by one call, and by another password', async () => {
    const asha = await join(desk.url, OFFICIAL)
    const phone = visitor()
    await phone.signIn(OFFICIAL.email)
    const before = asha.cookie
    const new_password = 'nine blue kites above the ghat'
    const change = { password: PASSWORD, new_password }
    expect((await asha.ask('PUT', 'account/password', { ...change, password: 'no' })).status).toBe(
      401,
    )
    expect((await asha.ask('PUT', 'account/password', change)).status).toBe(200)
    expect(asha.cookie).not.toBe(before)
    expect([await stateOf(asha), await stateOf(phone)]).toEqual(['signed_in', 'signed_out'])
    expect((await phone.signIn(OFFICIAL.email)).status).toBe(401)
    expect((await phone.signIn(OFFICIAL.email, new_password)).status).toBe(200)
    expect((await asha.ask('DELETE', 'account/sessions')).status).toBe(204)
    expect([await stateOf(asha), await stateOf(phone)]).toEqual(['signed_out', 'signed_out'])
  })

  it('does not begin by a password that was changed between the look at it and the session', async () => {
    const asha = await join(desk.url, OFFICIAL)
    const change = { password: PASSWORD, new_password: 'nine blue kites above the ghat' }
    const slow: Deps['passwords'] = {
      ...desk.deps.passwords,
      async matches(password, hash) {
        const isRight = await desk.deps.passwords.matches(password, hash)
        expect((await asha.ask('PUT', 'account/password', change)).status).toBe(200)
        return isRight
      },
    }
    const credentials = { email: OFFICIAL.email, password: PASSWORD }
    const origin = originFrom('192.0.2.7', null)
    await expect(
      signIn({ ...desk.deps, passwords: slow }, credentials, origin, undefined),
    ).rejects.toMatchObject({ code: 'wrong_credentials' })
    expect(await desk.models.sessions.countDocuments()).toBe(1)
  })

  it('ends by signing out, also for who kept the cookie', async () => {
    const asha = await join(desk.url, OFFICIAL)
    const kept = asha.cookie
    expect((await asha.ask('DELETE', 'session')).body.state).toBe('signed_out')
    expect(asha.cookie).toBeNull()
    asha.cookie = kept
    expect(await stateOf(asha)).toBe('signed_out')
  })

  it('ends when unused for an hour, and when half done for ten minutes', async () => {
    const asha = await join(desk.url, OFFICIAL)
    for (const minutes of [59, 59]) {
      desk.clock.advance(minutes * MINUTE_MS)
      expect(await stateOf(asha)).toBe('signed_in')
    }
    desk.clock.advance(60 * MINUTE_MS)
    expect(await stateOf(asha)).toBe('signed_out')
    await asha.signIn(OFFICIAL.email)
    await setUpTotp(asha, desk.clock)
    const other = visitor()
    await other.signIn(OFFICIAL.email)
    desk.clock.advance(10 * MINUTE_MS)
    expect(await stateOf(other)).toBe('signed_out')
  })

  it('ends when the account is taken out of use, and is stored under a hash', async () => {
    const asha = await join(desk.url, OFFICIAL)
    const id = asha.cookie?.replace('session=', '') ?? ''
    expect(JSON.stringify(await desk.models.sessions.find().lean())).not.toContain(id)
    await desk.models.accounts.updateOne({ email: OFFICIAL.email }, { is_disabled: true })
    expect(await stateOf(asha)).toBe('signed_out')
  })
})
