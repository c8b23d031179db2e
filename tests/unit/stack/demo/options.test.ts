import { expect, test } from 'vitest'
import { readOptions } from '../../../../stack/demo/options.ts'

test('without options the demo replays Helene, a day in 3 minutes', () => {
  expect(readOptions([])).toEqual({
    port: undefined,
    data: '.data/demo',
    scenario: 'helene',
    devices: undefined,
    firmware: 0,
    speed: 480,
    batchSeconds: 30,
  })
})

test('options are taken', () => {
  const line = '--port 4000 --data x --devices 12 --firmware 5 --speed 20000 --batch-seconds 2'
  expect(readOptions(line.split(' '))).toEqual({
    port: 4000,
    data: 'x',
    scenario: 'helene',
    devices: 12,
    firmware: 5,
    speed: 20_000,
    batchSeconds: 2,
  })
})

test('help is given', () => {
  expect(readOptions(['--help'])).toBe('help')
})

test.each([
  [['--scenario', 'katrina'], '--scenario: expected one of helene, bihar, got "katrina"'],
  [['--scenario', 'toString'], '--scenario: expected one of helene, bihar, got "toString"'],
  [['--port', '70000'], '--port: expected an integer from 1 to 65535, got "70000"'],
  [['--speed', '0'], '--speed: expected an integer from 1 to 1000000, got "0"'],
  [['--devices', '1e3'], '--devices: expected an integer from 1 to'],
  [['--batch-seconds', '-1'], '--batch-seconds'],
  [['--firmware', '21'], '--firmware: expected an integer from 1 to 20, got "21"'],
  [['--data', ''], '--data: expected a folder'],
  [['--fast'], "Unknown option '--fast'"],
  [['now'], 'now'],
])('%j is refused, saying why', (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
})
