import type { BrowserContext } from 'playwright-core'
import type { ComplaintFiled } from '../../shared/api/complaints.ts'
import { solved } from '../integration/server/complaint-desk.ts'
import { join, setUpTotp, type Invitee, type Visitor } from '../integration/server/visitor.ts'
import { get, send } from '../portal.ts'
import type { Scene } from './scene.ts'

const REAL_TIME = { now: () => new Date() }

/** Someone who accepted an invitation, administrators with a second factor. */
export async function arrive(url: string, invitee: Invitee): Promise<Visitor> {
  const visitor = await join(url, invitee)
  if (invitee.role === 'admin') await setUpTotp(visitor, REAL_TIME)
  return visitor
}

/** Lets a browser be them. */
export async function be(context: BrowserContext, { url, cookie }: Visitor): Promise<void> {
  const [name = '', value = ''] = (cookie ?? '').split('=')
  await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }])
}

/** A complaint at the place of one of the scene's sensors; answers its id. */
export async function complainAt(scene: Scene, sensor: number, kind: string, words: string) {
  const facts = scene.devices[sensor]?.facts
  const { body: challenge } = await get(scene.test.url, '/api/v1/complaints/challenge')
  const { status, body } = await send<ComplaintFiled>(
    scene.test.url,
    'POST',
    '/api/v1/complaints',
    {
      kind,
      words,
      contact: '0612 2200000',
      latitude: facts?.latitude,
      longitude: facts?.longitude,
      altcha: await solved(challenge),
    },
  )
  if (status !== 201) throw new Error(`expected 201, got ${JSON.stringify(body)}`)
  return body.complaint_id
}
