import { describe, expect, test } from 'vitest'
import { OUTAGE_COLUMNS, readOutages } from '../../../../stack/demo/outage-table.ts'
import { readHelene, sitesOf } from '../../../../stack/demo/helene.ts'

const header = OUTAGE_COLUMNS.join(',')
const row =
  '1,2024-09-27T01:00:00Z,2024-09-27T02:00:00Z,2024-09-27T02:10:00Z,38.1,-85.5,7,Wind,21111,Jefferson'
const read = (...lines: string[]) => readOutages([header, ...lines, ''].join('\n'), 'x.csv')

describe('reading outages', () => {
  test('takes a row as it is', () => {
    expect(read(row)).toEqual([
      {
        outage_id: '1',
        start_time: '2024-09-27T01:00:00Z',
        last_seen: '2024-09-27T02:00:00Z',
        gone_by: '2024-09-27T02:10:00Z',
        latitude: 38.1,
        longitude: -85.5,
        customers_max: 7,
        cause: 'Wind',
        county_fips: '21111',
        county: 'Jefferson',
      },
    ])
  })

  test.each([
    ['a missing cell', row.replace(',Wind', ''), 'x.csv line 2: expected 10 cells, got 9'],
    [
      'a bad time',
      row.replace('T01', 'T25'),
      'x.csv line 2: start_time: expected a time that exists',
    ],
    ['no customers', row.replace(',7,', ',0,'), 'x.csv line 2: customers_max'],
    [
      'an end before the start',
      row.replace('T01', 'T03'),
      'x.csv line 2: expected last_seen after',
    ],
    ['quotes', row.replace('Wind', '"Wind"'), 'x.csv: expected no quotes'],
  ])('refuses %s, naming the line', (_, line, message) => {
    expect(() => read(line)).toThrow(message)
  })
})

describe('sites', () => {
  test('join the outages of one coordinate, serving the most customers that were out', () => {
    const later = row.replace('T01', 'T05').replace('T02', 'T06').replace(',7,', ',90,')
    const [site, ...others] = sitesOf('test', read(later, row))
    expect(others).toEqual([])
    expect(site?.customers).toBe(90)
    expect(site?.interruptions.map(({ startAt }) => new Date(startAt).getUTCHours())).toEqual([
      1, 5,
    ])
  })

  test('refuse two outages at once, which one sensor cannot tell apart', () => {
    const overlapping = row.replace('T01:00', 'T01:30').replace('T02', 'T04')
    expect(() => sitesOf('test', read(row, overlapping))).toThrow('expected one after the other')
  })

  test('have ids of their own that stay the same', async () => {
    const ids = async () => (await readHelene()).sites.map(({ deviceId }) => deviceId)
    const once = await ids()
    expect(new Set(once).size).toBe(once.length)
    expect(once.every((id) => /^[0-9A-F]{18}$/.test(id))).toBe(true)
    expect(await ids()).toEqual(once)
  })

  test('stand in an order in which even few of them cover many counties', async () => {
    const { sites } = await readHelene()
    expect(new Set(sites.slice(0, 12).map(({ county }) => county)).size).toBe(12)
    const all = new Set(sites.map(({ countyFips }) => countyFips))
    expect(new Set(sites.slice(0, all.size).map(({ countyFips }) => countyFips))).toEqual(all)
  })
})
