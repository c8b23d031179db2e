import { TOTP } from 'otpauth'
import type { OneTimeLink, Totp, Who } from '../../../shared/api/accounts.ts'
import { send, type Answer } from '../../portal.ts'
import { asAdmin } from '../../portal.ts'
import type { TestClock } from './deps.ts'

export const PASSWORD = 'seven grey herons over the canal'

/** One browser: it keeps its cookie, says its origin, and comes from an address of its own. */
export class Visitor {
  readonly url: string
  readonly address: string
  cookie: string | null = null
  setCookies: string[] = []

  constructor(url: string, address = '203.0.113.7') {
    this.url = url
    this.address = address
  }

  /** `headers` replace what a browser would send; null leaves one out. */
  async ask<T = Who>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string | null> = {},
  ): Promise<Answer<T>> {
    const sent: Record<string, string | null> = {
      origin: this.url,
      'user-agent': 'test browser',
      'x-forwarded-for': this.address,
      cookie: this.cookie,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    }
    const response = await fetch(`${this.url}/api/v1/${path}`, {
      method,
      headers: Object.entries(sent).filter((pair): pair is [string, string] => pair[1] !== null),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    this.setCookies = response.headers.getSetCookie()
    for (const cookie of this.setCookies) {
      const [pair = ''] = cookie.split(';')
      this.cookie = pair.endsWith('=') ? null : pair
    }
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : isJson ? JSON.parse(text) : text,
    }
  }

  signIn(email: string, password = PASSWORD): Promise<Answer<Who & { code?: string }>> {
    return this.ask('POST', 'session', { email, password })
  }
}

export interface Invitee {
  email: string
  role: string
  areas?: string[]
  name?: string
}

/** An invitation made with the operator's token. */
export async function invite(url: string, invitee: Invitee): Promise<OneTimeLink> {
  const { email, role, areas = [], name = 'Asha Devi' } = invitee
  const answer = await send<OneTimeLink>(
    url,
    'POST',
    '/api/v1/admin/people',
    { email, role, areas, name },
    asAdmin,
  )
  if (answer.status !== 201) throw new Error(`expected 201, got ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** Someone who accepted an invitation and is signed in. */
export async function join(url: string, invitee: Invitee, address?: string): Promise<Visitor> {
  const { token } = await invite(url, invitee)
  const visitor = new Visitor(url, address)
  const { status, body } = await visitor.ask('POST', `invitations/${token}`, { password: PASSWORD })
  if (status !== 201) throw new Error(`expected 201, got ${JSON.stringify(body)}`)
  return visitor
}

/** The authenticator app on someone's phone, by the test's clock. */
export const appWith = (secret: string, clock: Pick<TestClock, 'now'>) => {
  const totp = new TOTP({ secret })
  return () => totp.generate({ timestamp: clock.now().getTime() })
}

/** Sets up an app; answers the codes it shows, and the recovery codes. */
export async function setUpTotp(visitor: Visitor, clock: Pick<TestClock, 'now'>) {
  const begun = await visitor.ask<Totp>('POST', 'account/totp', { password: PASSWORD })
  const code = appWith(begun.body.secret, clock)
  const { status, body } = await visitor.ask<{ recovery_codes: string[] }>(
    'POST',
    'account/totp/confirmation',
    { code: code() },
  )
  if (status !== 200) throw new Error(`expected 200, got ${JSON.stringify(body)}`)
  return { code, recoveryCodes: body.recovery_codes, begun: begun.body }
}
