import { expect, it } from 'vitest'
import { readDevices } from '../../../cli/device-file.ts'
import { utf8 } from '../../../shared/bytes.ts'

const KEY = `04${'b3'.repeat(64)}`
const HASH = 'd5'.repeat(32)
const HEADER =
  'area_id,device_id,public_key,stage,customers_served,latitude,longitude,location_commitment'
const HOME = `in-br-patna,012355C36CEE791DEE,${KEY},house,1,,,${HASH}`

const read = (name: string, text: string) => readDevices(name, utf8(text))

it('an empty cell is a fact that is not stated', () => {
  expect(read('homes.csv', `${HEADER}\n${HOME}\n\n`)).toEqual([
    {
      area_id: 'in-br-patna',
      device: {
        device_id: '012355C36CEE791DEE',
        public_key: KEY,
        stage: 'house',
        customers_served: 1,
        location_commitment: HASH,
      },
    },
  ])
})

it('an area that is not stated is left to the portal', () => {
  const withoutArea = (line: string) => line.slice(line.indexOf(',') + 1)
  const [device] = read('homes.csv', `${withoutArea(HEADER)}\n${withoutArea(HOME)}`)
  expect(device).not.toHaveProperty('area_id')
  expect(device).toMatchObject({ device: { stage: 'house' } })
})

it.each([
  ['a.csv', HEADER.replace('stage', 'level'), 'a.csv, line 1: expected the columns area_id,'],
  ['a.csv', HEADER.replaceAll(',', ';'), 'a.csv, line 1: expected the columns area_id,'],
  ['a.csv', `${HEADER},stage`, 'a.csv, line 1: expected the columns area_id,'],
  ['a.csv', HEADER, 'a.csv: expected at least one device, got none'],
  ['a.csv', `${HEADER}\n${HOME},more`, 'a.csv, line 2: expected 8 values, got 9'],
  [
    'a.csv',
    `${HEADER}\n${HOME}\n${HOME}`,
    'a.csv: expected each device once, got 012355C36CEE791DEE twice',
  ],
  [
    'a.csv',
    `${HEADER}\n${HOME.replace(',1,', ',one,')}`,
    'a.csv, line 2: device.customers_served: ',
  ],
  [
    'a.csv',
    `${HEADER}\n${HOME.replace('house', 'flat')}`,
    'a.csv, line 2: device.stage: expected one of transformer, street, house, got "flat"',
  ],
  [
    'a.csv',
    `${HEADER}\n${HOME.replace(HASH, '')}`,
    'a.csv, line 2: device: expected either latitude and longitude, or location_commitment',
  ],
  ['a.json', '[]', 'a.json: expected at least one device, got []'],
  ['a.json', '{"area_id":"x"}', 'a.json: device: '],
  ['a.json', '{', 'JSON: '],
  ['a.txt', '', '--file: expected a name ending in .json or .csv, got "a.txt"'],
])('%s with %j is refused with the place at fault', (name, text, message) => {
  expect(() => read(name, text)).toThrow(message)
})
