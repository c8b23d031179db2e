import { describe, expect, it } from 'vitest'
import {
  deviceLine,
  intervalsOf,
  leafHashesOf,
  outageReading,
  periodOf,
  type OutageReading,
} from '../../../../shared/outage/index.ts'
import { parseReading, signedBytes, signedDigest } from '../../../../shared/reading/index.ts'
import { parseRecord } from '../../../../shared/record/index.ts'
import { toHex } from '../../../../shared/bytes.ts'
import vectors from '../../../vectors/readings.json' with { type: 'json' }
import { at, clock, HEARTBEAT_MS, said, serves } from './story.ts'

/** The states from 12:00 to 18:00, as `on 12:00–12:30`; `…` marks an end that is only for now. */
function shown(readings: OutageReading[], service = [serves()], asOf = '18:00'): string[] {
  const { breaks } = deviceLine(readings, HEARTBEAT_MS)
  return intervalsOf(
    { deviceId: 'D', service, breaks },
    { period: periodOf(at('12:00'), at('18:00')), asOfAt: at(asOf), heartbeatMs: HEARTBEAT_MS },
  ).map(
    ({ state, fromAt, toAt, open }) => `${state} ${clock(fromAt)}–${clock(toAt)}${open ? '…' : ''}`,
  )
}

/** A heartbeat every 15 minutes from `first` on, `count` of them. */
const heartbeats = (seq: number, first: string, count: number) =>
  Array.from({ length: count }, (_, index) => {
    const measuredAt = at(first) + index * HEARTBEAT_MS
    return said(seq + index, first, 'ON', { measuredAt, receivedAt: measuredAt })
  })

describe('an outage', () => {
  it('lasts from the first OFF to the next ON, however quiet the device is meanwhile', () => {
    expect(
      shown([
        said(1, '12:00', 'ON'),
        said(2, '12:05', 'OFF'),
        said(3, '12:06', 'OFF'),
        said(4, '17:30', 'ON'),
      ]),
    ).toEqual(['on 12:00–12:05', 'off 12:05–17:30', 'on 17:30–18:00…'])
  })

  it('lasts from what a boot remembers to the boot', () => {
    expect(
      shown([said(1, '12:00', 'ON'), said(2, '12:40', 'ON', { offSince: '12:10' })]).slice(0, 2),
    ).toEqual(['on 12:00–12:10', 'off 12:10–12:40'])
  })

  it('reported by a last gasp and remembered by the boot after it is one, of both together', () => {
    const gasp = said(2, '12:10:05', 'OFF')
    const boot = said(3, '12:40', 'ON', { offSince: '12:10' })
    expect(shown([said(1, '12:00', 'ON'), gasp, boot]).slice(0, 2)).toEqual([
      'on 12:00–12:10',
      'off 12:10–12:40',
    ])
    const forgetful = said(3, '12:40', 'ON', { offSince: '12:20' })
    expect(shown([said(1, '12:00', 'ON'), gasp, forgetful])[1]).toBe('off 12:10:05–12:40')
  })

  it('goes on through a boot that says OFF', () => {
    expect(
      shown([
        said(1, '12:00', 'ON'),
        said(2, '12:40', 'OFF', { offSince: '12:10' }),
        said(3, '12:50', 'ON'),
      ])[1],
    ).toBe('off 12:10–12:50')
  })

  it('remembered by a boot never reaches behind an ON the device signed', () => {
    const boot = said(3, '12:30', 'ON', { offSince: '11:00' })
    expect(shown([said(1, '12:00', 'ON'), said(2, '12:15', 'ON'), boot]).slice(0, 2)).toEqual([
      'on 12:00–12:15',
      'off 12:15–12:30',
    ])
  })

  it('remembered as after the boot itself has no length', () => {
    const boot = said(2, '12:10', 'ON', { offSince: '13:00' })
    expect(shown([said(1, '12:00', 'ON'), boot], undefined, '12:20')).toEqual([
      'on 12:00–12:10',
      'off 12:10–12:10',
      'on 12:10–12:20…',
    ])
  })

  it('ended by an ON is over, and the next one is another', () => {
    expect(
      shown([
        said(1, '12:00', 'ON'),
        said(2, '12:30', 'ON', { offSince: '12:00' }),
        said(3, '12:40', 'ON', { offSince: '12:30' }),
      ]).slice(0, 2),
    ).toEqual(['off 12:00–12:30', 'off 12:30–12:40'])
  })

  it('that nothing ended yet ends for now, and says so', () => {
    const readings = [said(1, '12:00', 'ON'), said(2, '12:10', 'OFF')]
    expect(shown(readings)).toEqual(['on 12:00–12:10', 'off 12:10–18:00…'])
    expect(shown(readings, undefined, '12:30')).toEqual(['on 12:00–12:10', 'off 12:10–12:30…'])
  })

  it('that ends after the period is not open', () => {
    expect(
      shown([said(1, '12:00', 'ON'), said(2, '12:10', 'OFF'), said(3, '19:00', 'ON')]),
    ).toEqual(['on 12:00–12:10', 'off 12:10–18:00'])
  })
})

describe('silence', () => {
  it('begins one heartbeat after the last ON when the next reading is later than three', () => {
    expect(shown([said(1, '12:00', 'ON'), ...heartbeats(2, '12:45:01', 20)]).slice(0, 2)).toEqual([
      'on 12:00–12:15',
      'silent 12:15–12:45:01',
    ])
  })

  it('is not yet there when the next reading comes after exactly three', () => {
    expect(shown([said(1, '12:00', 'ON'), ...heartbeats(2, '12:45', 20)])).toEqual([
      'on 12:00–18:00…',
    ])
  })

  it('goes to the OFF that ends it', () => {
    expect(shown([said(1, '12:00', 'ON'), said(2, '14:00', 'OFF')])).toEqual([
      'on 12:00–12:15',
      'silent 12:15–14:00',
      'off 14:00–18:00…',
    ])
  })

  it('gives way to the outage a boot remembers', () => {
    expect(
      shown([said(1, '12:00', 'ON'), said(2, '17:00', 'ON', { offSince: '13:00' })]).slice(0, 3),
    ).toEqual(['on 12:00–12:15', 'silent 12:15–13:00', 'off 13:00–17:00'])
    expect(
      shown([said(1, '12:00', 'ON'), said(2, '17:00', 'ON', { offSince: '12:10' })]).slice(0, 2),
    ).toEqual(['on 12:00–12:10', 'off 12:10–17:00'])
  })

  it('after the last reading counts once three heartbeats have passed', () => {
    expect(shown([said(1, '12:00', 'ON')], undefined, '12:45')).toEqual(['on 12:00–12:45…'])
    expect(shown([said(1, '12:00', 'ON')], undefined, '12:45:01')).toEqual([
      'on 12:00–12:15',
      'silent 12:15–12:45:01…',
    ])
  })

  it('is all there is before the first reading, and of a device never heard', () => {
    expect(shown([said(1, '17:30', 'ON')])).toEqual(['silent 12:00–17:30', 'on 17:30–18:00…'])
    expect(shown([said(1, '17:30', 'OFF')])).toEqual(['silent 12:00–17:30', 'off 17:30–18:00…'])
    expect(shown([])).toEqual(['silent 12:00–18:00…'])
  })
})

describe('a clock', () => {
  it('set back holds readings to the one before, for the numbers are in order', () => {
    expect(
      shown([
        said(1, '12:00', 'ON'),
        said(2, '12:10', 'OFF'),
        said(3, '12:08', 'ON'),
        ...heartbeats(4, '12:20', 22),
      ]),
    ).toEqual(['on 12:00–12:10', 'off 12:10–12:10', 'on 12:10–18:00…'])
  })

  it('back in 1970 after a boot makes no interval of fifty years', () => {
    expect(
      shown([
        said(1, '12:00', 'ON'),
        said(2, '1970-01-01T00:00:07Z', 'ON'),
        ...heartbeats(3, '12:15', 24),
      ]),
    ).toEqual(['on 12:00–18:00…'])
  })

  it('far ahead of the server is not believed: the reading counts when it was received', () => {
    const receivedAt = at('12:15') + 300
    const ahead = said(2, '2099-01-01T00:00:00Z', 'OFF', { receivedAt })
    expect(shown([said(1, '12:00', 'ON'), ahead, ...heartbeats(3, '12:30', 22)])).toEqual([
      'on 12:00–12:15',
      'off 12:15–12:30',
      'on 12:30–18:00…',
    ])
  })

  it('little ahead of the server is the clock that counts', () => {
    const reading = said(2, '12:20', 'OFF', { receivedAt: at('12:15') })
    expect(shown([said(1, '12:00', 'ON'), reading])[0]).toBe('on 12:00–12:20')
  })
})

describe('service', () => {
  it('bounds what is known: outside it the device is neither on nor off nor silent', () => {
    const service = [
      serves({ fromAt: at('12:10'), toAt: at('13:00') }),
      serves({ fromAt: at('14:00'), toAt: at('15:00') }),
    ]
    expect(shown([said(1, '12:00', 'ON'), said(2, '12:30', 'OFF')], service)).toEqual([
      'out_of_service 12:00–12:10',
      'on 12:10–12:30',
      'off 12:30–13:00',
      'out_of_service 13:00–14:00',
      'off 14:00–15:00',
      'out_of_service 15:00–18:00…',
    ])
  })
})

describe('a number used twice', () => {
  it('belongs to the reading received first, whichever is told first', () => {
    const first = said(2, '12:10', 'ON', { leafHash: 'b' })
    const later = said(2, '12:10', 'OFF', { leafHash: 'a', receivedAt: at('12:11') })
    const readings = [said(1, '12:00', 'ON'), first, later]
    expect(shown(readings, undefined, '12:20')).toEqual(['on 12:00–12:20…'])
    expect(shown(readings.toReversed(), undefined, '12:20')).toEqual(['on 12:00–12:20…'])
  })
})

describe('the numbering', () => {
  const gaps = (...readings: OutageReading[]) =>
    deviceLine(readings, HEARTBEAT_MS).gaps.map(
      ({ kind, afterSeq, beforeSeq, missing }) => `${kind} ${afterSeq}–${beforeSeq}: ${missing}`,
    )

  it('has no gap where every number is there and names the one before', () => {
    expect(gaps(said(1, '12:00', 'ON'), said(2, '12:15', 'ON'))).toEqual([])
  })

  it('has a gap where numbers are missing', () => {
    expect(gaps(said(1, '12:00', 'ON'), said(5, '12:15', 'ON'))).toEqual(['numbers_missing 1–5: 3'])
  })

  it('may jump at a boot that names the reading before', () => {
    const boot = said(9, '12:15', 'ON', { offSince: '12:10', previous: 'digest 1' })
    expect(gaps(said(1, '12:00', 'ON'), boot)).toEqual([])
    expect(gaps(said(1, '12:00', 'ON'), { ...boot, previous: 'digest 8' })).toEqual([
      'chain_broken 1–9: 0',
    ])
  })

  it('is broken where a reading names another before it, or none', () => {
    expect(gaps(said(1, '12:00', 'ON'), said(2, '12:15', 'ON', { previous: 'other' }))).toEqual([
      'chain_broken 1–2: 0',
    ])
    expect(gaps(said(1, '12:00', 'ON'), said(2, '12:15', 'ON', { previous: null }))).toEqual([
      'chain_broken 1–2: 0',
    ])
  })

  it('begins at 1', () => {
    expect(gaps(said(3, '12:00', 'ON'))).toEqual(['numbers_missing null–3: 2'])
  })
})

describe('an interval', () => {
  it('names the leaves it rests on', () => {
    const { breaks, readings } = deviceLine(
      [
        ...heartbeats(1, '11:00', 6),
        said(7, '12:20', 'OFF'),
        said(8, '12:25', 'OFF'),
        said(9, '12:30', 'ON'),
      ],
      HEARTBEAT_MS,
    )
    const intervals = intervalsOf(
      { deviceId: 'D', service: [serves()], breaks },
      {
        period: periodOf(at('12:00'), at('18:00')),
        asOfAt: at('18:00'),
        heartbeatMs: HEARTBEAT_MS,
      },
    )
    expect(intervals.map((one) => [one.state, leafHashesOf(one, readings).join(', ')])).toEqual([
      ['on', 'leaf 4, leaf 5, leaf 6'],
      ['off', 'leaf 6, leaf 7, leaf 8, leaf 9'],
      ['on', 'leaf 9'],
      ['silent', 'leaf 9'],
    ])
  })
})

describe('outageReading', () => {
  it('takes from a record what the rules use', () => {
    const reading = parseReading(vectors.valid[0]?.reading)
    const record = parseRecord({
      v: 1,
      type: 'reading',
      area_id: 'a',
      received_at: '2026-11-21T05:30:01.250Z',
      reading,
    })
    if (record.type !== 'reading') throw new Error(`expected a reading, got ${record.type}`)
    const digest = toHex(signedDigest(signedBytes(reading)))
    expect(outageReading(record, { digest, leafHash: 'leaf' })).toEqual({
      seq: reading.seq,
      measuredAt: Date.parse(reading.timestamp),
      receivedAt: Date.UTC(2026, 10, 21, 5, 30, 1, 250),
      on: reading.power_status === 'ON',
      boot: reading.reason === 'boot',
      offSinceAt: null,
      previous: reading.previous ?? null,
      digest,
      leafHash: 'leaf',
    })
  })
})
