import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commentOnComplaint } from '../../../server/services/complaint/add-to-complaint.ts'
import { ALL_BYTES, CITIZENS_BYTES } from '../../../server/services/complaint/complaint-room.ts'
import { describeComplaint } from '../../../server/services/complaint/describe-complaint.ts'
import { joinComplaint } from '../../../server/services/complaint/join-complaint.ts'
import { standingOf } from '../../../shared/complaint/index.ts'
import { act, fileAt, openDesk, putTree, recordsOf, workDone, type Desk } from './complaint-desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
  await putTree(desk)
})
afterAll(() => desk?.stop())

const describedTo = (id: string) => describeComplaint(desk.deps, id, { token: null })

describe('joining', () => {
  it('is counted by records, one each, also when many join at once', async () => {
    const { complaint_id } = await fileAt(desk)
    const work = await Promise.all(Array.from({ length: 12 }, () => workDone(desk)))
    await Promise.all(work.map((altcha) => joinComplaint(desk.deps, complaint_id, { altcha })))
    expect((await describedTo(complaint_id)).affected).toBe(13)
    const records = await recordsOf(desk, complaint_id)
    expect(records.length).toBe(13)
    expect(standingOf(records).affected).toBe(13)
  })

  it('goes on where other instances come first again and again', async () => {
    const { complaint_id, token } = await fileAt(desk)
    let others = 8
    const complaints = new Proxy(desk.models.complaints, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name)
        if (typeof value !== 'function') return value
        if (name !== 'findOneAndUpdate' || others === 0) return value.bind(of)
        others -= 1
        const comes = () => commentOnComplaint(desk.deps, complaint_id, token, 'Me first')
        return (...claim: unknown[]) => ({
          lean: async () => (await comes(), Reflect.apply(value, of, claim).lean()),
        })
      },
    })
    const deps = { ...desk.deps, models: { ...desk.models, complaints } }
    await joinComplaint(deps, complaint_id, { altcha: await workDone(desk) })
    expect([others, (await describedTo(complaint_id)).affected]).toEqual([0, 2])
  })

  it('is refused with words once they fill a row, and the work stays good to join without', async () => {
    const { complaint_id } = await fileAt(desk)
    const rows = desk.models.complaints.collection
    const filled = { _id: complaint_id as never }
    const fill = async (bytes: number) => {
      const secret = { n: 0, name: 'words', commitment: 'a'.repeat(64), owner: 0 }
      const sealed = Buffer.alloc(6_100)
      const secrets = Array.from({ length: Math.ceil(bytes / 6_100) }, () => ({
        ...secret,
        sealed,
      }))
      await rows.updateOne(filled, { $set: { secrets } } as never)
    }
    await fill(CITIZENS_BYTES)
    const altcha = await workDone(desk)
    const full = { code: 'complaint_conflict', message: expect.stringContaining('without words') }
    await expect(
      joinComplaint(desk.deps, complaint_id, { altcha, words: 'अँधेरा' }),
    ).rejects.toMatchObject(full)
    await joinComplaint(desk.deps, complaint_id, { altcha })
    await act(desk, complaint_id, { action: 'note', note: 'Called back' })
    await fill(ALL_BYTES)
    await expect(
      act(desk, complaint_id, { action: 'note', note: 'Called back' }),
    ).rejects.toMatchObject({ code: 'complaint_conflict' })
    await act(desk, complaint_id, { action: 'redact', reason: 'asked' })
    const row = await desk.models.complaints.findById(complaint_id).lean()
    expect([row?.affected, row?.secrets]).toEqual([2, []])
  })

  it('a closed complaint is refused, and the proof of work stays good', async () => {
    const { complaint_id } = await fileAt(desk)
    await act(desk, complaint_id, { action: 'resolve' })
    const altcha = await workDone(desk)
    await expect(joinComplaint(desk.deps, complaint_id, { altcha })).rejects.toMatchObject({
      code: 'complaint_conflict',
    })
    await fileAt(desk, { altcha })
  })
})
