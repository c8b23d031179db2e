import { afterEach, expect, it, vi } from 'vitest'
import type { Models } from '../../../server/models/index.ts'
import {
  NOTED_WITHIN_MS,
  noteLatestReadings,
} from '../../../server/services/reading/note-latest-readings.ts'

afterEach(() => vi.useRealTimers())

it('a note that became visible late is dated again, until that goes fast enough', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const tookMs = [2 * NOTED_WITHIN_MS, 2 * NOTED_WITHIN_MS, 10]
  const asked: string[] = []
  const write = (name: string) => async () => {
    asked.push(name)
    vi.advanceTimersByTime(tookMs[asked.length - 1] ?? 0)
  }
  const collection = { bulkWrite: write('noted'), updateMany: write('dated again') }
  const models = { devices: { collection } } as unknown as Models
  const reading = {
    device_id: '0123456789ABCDEF01',
    seq: 1,
    power_status: 'OFF',
    timestamp: '2026-11-21T05:30:00Z',
  } as Parameters<typeof noteLatestReadings>[1][number]['reading']
  await noteLatestReadings({ models, clock: { now: () => new Date() } }, [
    { reading, row: { _id: '00', ordered_at: new Date() } },
  ])
  expect(asked).toEqual(['noted', 'dated again', 'dated again'])
})
