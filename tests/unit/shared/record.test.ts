import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fromUtf8 } from '../../../shared/bytes.ts'
import { parseJson } from '../../../shared/json.ts'
import { orderedAt, parseRecord, recordBytes } from '../../../shared/record/index.ts'
import { refusal } from './refusal.ts'

const lines = readFileSync(new URL('../../vectors/in-br-patna-1.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)

const complaint = {
  v: 1,
  type: 'complaint_event',
  area_id: 'in-br-patna',
  at: '2026-11-21T07:00:00.000Z',
  complaint_id: 'c-1',
  event: 'filed',
  n: 0,
  previous: null,
  actor: { id: 'citizen', role: 'citizen' },
  commitments: {},
  public: { category: 'outage' },
}

describe('parseRecord', () => {
  it.each(lines)('gives the bytes of the line back: %s', (line) => {
    const record = parseRecord(parseJson(line))
    expect(fromUtf8(recordBytes(record))).toBe(line)
    expect(line).toContain(orderedAt(record))
  })

  it('takes a complaint event', () => {
    expect(parseRecord(complaint)).toEqual(complaint)
    expect(orderedAt(parseRecord(complaint))).toBe(complaint.at)
  })

  it.each([
    ['no type', { type: undefined }],
    ['an unknown type', { type: 'note' }],
    ['an unknown event', { event: 'closed' }],
    ['an unknown role', { actor: { id: 'x', role: 'owner' } }],
    ['a negative n', { n: -1 }],
    ['a time without milliseconds', { at: '2026-11-21T07:00:00Z' }],
    ['a commitment that is no hash', { commitments: { text: 'x' } }],
    ['an unknown member', { note: 'x' }],
    ['an area in upper case', { area_id: 'IN-BR' }],
  ])('refuses %s', (_what, change) => {
    expect(refusal(() => parseRecord({ ...complaint, ...change }))).toBe('malformed')
  })

  it.each([null, undefined, 'reading', 1, []])('refuses %j', (value) => {
    expect(refusal(() => parseRecord(value))).toBe('malformed')
  })
})
