import { describe, expect, it } from 'vitest'
import { durationParts, formatsIn } from '../../../composables/formats.ts'

const english = formatsIn({ tag: 'en-IN', timeZone: 'Asia/Kolkata' })
const hindi = formatsIn({ tag: 'hi-IN', timeZone: 'Asia/Kolkata' })
const AT = '2024-09-27T08:35:09Z'

describe('figures', () => {
  it('are grouped as the region groups them, in Latin digits', () => {
    expect(english.number(12_345_678)).toBe('1,23,45,678')
    expect(hindi.number(12_345_678)).toBe('1,23,45,678')
    expect(formatsIn({ tag: 'en-US', timeZone: 'UTC' }).number(12_345_678)).toBe('12,345,678')
    expect(english.number(1.5, 2)).toBe('1.50')
  })

  it('never round a few customers off to none, nor nearly all to all', () => {
    expect([0, 0.001, 0.234, 0.999, 1].map(english.percent)).toEqual([
      '0%',
      '< 1%',
      '23%',
      '> 99%',
      '100%',
    ])
  })
})

describe('moments', () => {
  it('are told in the zone of the portal, wherever it runs, and the zone is said', () => {
    expect(english.time(AT)).toBe('14:05')
    expect(english.moment(AT)).toContain('27 Sep')
    expect(english.momentWithZone(AT)).toMatch(/14:05:09.*IST/)
    expect(hindi.moment(AT)).toContain('सित॰')
    expect(hindi.zoneName()).toBe('भारतीय मानक समय')
    expect(formatsIn({ tag: 'en-US', timeZone: 'America/New_York' }).time(AT)).toBe('04:35')
  })

  it('leave out the day where it is today’s in that zone', () => {
    expect(english.briefMoment(AT, '2024-09-27T18:29:00Z')).toBe('14:05')
    expect(english.briefMoment(AT, '2024-09-27T18:30:00Z')).toContain('27 Sep')
    expect(english.briefMoment(AT, null)).toContain('27 Sep')
  })

  it('tell the zone where asked, in summer and in winter', () => {
    const eastern = formatsIn({ tag: 'en-US', timeZone: 'America/New_York' })
    expect(eastern.briefMoment(AT, AT, { hasZone: true })).toBe('04:35 EDT')
    expect(eastern.briefMoment('2024-12-27T09:35:00Z', AT, { hasZone: true })).toMatch(/EST$/)
    expect(eastern.zoneName()).toBe('Eastern Time')
  })

  it('write midnight as 00:00', () => {
    expect(english.time('2024-09-27T18:30:00Z')).toBe('00:00')
  })

  it('are told from now in the largest unit that fits', () => {
    expect(english.relative(AT, '2024-09-27T08:40:09Z')).toBe('5 minutes ago')
    expect(english.relative(AT, '2024-09-25T08:35:09Z')).toBe('in 2 days')
    expect(hindi.relative(AT, '2024-09-27T10:35:09Z')).toBe('2 घंटे पहले')
  })
})

describe('a duration', () => {
  it('is told apart into days, hours and minutes', () => {
    expect(durationParts(125 * 60_000)).toEqual({ days: 0, hours: 2, minutes: 5 })
    expect(durationParts(26 * 3_600_000)).toEqual({ days: 1, hours: 2, minutes: 0 })
    expect(durationParts(59 * 60_000 + 59_999)).toEqual({ days: 0, hours: 1, minutes: 0 })
  })
})
