import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { actionSchema, followActions } from '../../../shared/action-log/index.ts'
import type { ActionLogState, Actions } from '../../../shared/api/accounts.ts'
import { noteAction } from '../../../server/services/account/note-action.ts'
import { openAccountDesk, type AccountDesk } from './account-desk.ts'
import { join, setUpTotp, Visitor } from './visitor.ts'

let desk: AccountDesk
let auditor: Visitor
beforeAll(async () => {
  desk = await openAccountDesk()
  const admin = await join(desk.url, { email: 'admin@example.org', role: 'admin' })
  await setUpTotp(admin, desk.clock)
  await new Visitor(desk.url).signIn('nobody@example.org', 'not a password of anybody')
  auditor = await join(
    desk.url,
    { email: 'auditor@example.org', role: 'auditor' },
    '2001:db8:1:2::3',
  )
})
afterAll(() => desk?.stop())

const verification = async () =>
  (await auditor.ask<ActionLogState>('GET', 'admin/actions/verification')).body
const wholeLog = async () =>
  (await auditor.ask<Actions>('GET', 'admin/actions?limit=500')).body.items.toReversed()

it('tells who did what, when and from which network, failures too, and holds no secret', async () => {
  const log = await wholeLog()
  expect(log.map(({ action }) => action)).toEqual([
    'person_invited',
    'invitation_accepted',
    'signed_in',
    'totp_begun',
    'totp_confirmed',
    'sign_in_failed',
    'person_invited',
    'invitation_accepted',
    'signed_in',
  ])
  expect(log[0]).toMatchObject({
    account_id: null,
    pseudonym: 'operator',
    detail: { role: 'admin' },
  })
  expect(log[5]).toMatchObject({ account_id: null, target: null, network: '203.0.113.0/24' })
  expect(log[8]).toMatchObject({ network: '2001:db8:1::/48' })
  expect(log[8]?.pseudonym).toMatch(/^auditor:/)
  expect(JSON.stringify(log)).not.toMatch(/example\.org|not a password/)
})

it('pages from the newest to the first', async () => {
  const numbers: number[] = []
  const page = (cursor: string) =>
    auditor.ask<Actions>('GET', `admin/actions?limit=4${cursor && `&cursor=${cursor}`}`)
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body }: { body: Actions } = await page(cursor)
    numbers.push(...body.items.map(({ number }) => number))
    cursor = body.next
  }
  expect(numbers).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0])
})

it('stays one line when many write at once', async () => {
  const note = { actor: null, action: 'sign_in_failed', network: null } as const
  await Promise.all(Array.from({ length: 12 }, () => noteAction(desk.deps, note)))
  expect(await verification()).toMatchObject({ count: 21, broken: null })
})

it('can be checked by a stranger, from the answer and from the CSV', async () => {
  const log = await wholeLog()
  const { hash } = followActions(log)
  expect(await verification()).toEqual({ count: log.length, hash, broken: null })
  const csv = await auditor.ask<string>('GET', 'admin/actions.csv')
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const rows: Record<string, string>[] = parse(csv.body, { columns: true })
  const read = rows.map(({ number, detail = '', account_id, pseudonym, target, network, ...row }) =>
    actionSchema.parse({
      ...row,
      number: Number(number),
      detail: JSON.parse(detail),
      account_id: account_id || null,
      pseudonym: pseudonym || null,
      target: target || null,
      network: network || null,
    }),
  )
  expect(read.at(-1)?.action).toBe('action_log_exported')
  expect(followActions(read).count).toBe(log.length + 1)
})

it.each<[string, () => Promise<unknown>]>([
  [
    'what was done is changed',
    () => desk.models.actions.updateOne({ _id: 5 }, { $set: { 'entry.action': 'signed_in' } }),
  ],
  [
    'a time is moved',
    () =>
      desk.models.actions.updateOne(
        { _id: 5 },
        { $set: { 'entry.at': '2026-01-01T00:00:00.000Z' } },
      ),
  ],
  ['an entry is taken out', () => desk.models.actions.deleteOne({ _id: 5 })],
])('breaks where %s', async (_, tamper) => {
  const row = await desk.models.actions.findById(5).lean()
  if (!row) throw new Error('expected an entry')
  await tamper()
  expect(await verification()).toMatchObject({
    count: 5,
    broken: expect.stringContaining('action 5: expected '),
  })
  await desk.models.actions.replaceOne({ _id: 5 }, row, { upsert: true })
  expect(await verification()).toMatchObject({ broken: null })
})
