import { expect, test } from 'vitest'
import { progressLine, progressText } from '../../../../stack/demo/progress.ts'

const state = {
  clockAt: Date.parse('2024-09-27T17:45:30Z'),
  sensorsOn: 400,
  sensorsOff: 200,
  customersOff: 104_168,
  sent: 31_000,
  refused: 0,
  witness: null,
}

function screenOf(isTTY: boolean, columns = 40) {
  const written: string[] = []
  const write = (text: string | Uint8Array): boolean => {
    written.push(String(text))
    return true
  }
  return { written, screen: { isTTY, columns, write } }
}

test('the line tells the simulated clock, sensors, customers, readings and batches', () => {
  expect(progressText(state, { sealed: 70, anchored: 60 })).toBe(
    '2024-09-27 17:45 UTC · 200 off, 400 on · 104,168 customers without power · ' +
      '31,000 readings · batches 70 sealed, 60 anchored',
  )
})

test('devices with real firmware are told', () => {
  const fleet = { on: 4, off: 1, taken: 63 }
  expect(progressText(state, { sealed: 0, anchored: 0 }, fleet)).toContain(
    ' · firmware 1 off, 4 on, 63 readings · ',
  )
})

test('batches are not told before they are known', () => {
  expect(progressText(state, null)).not.toContain('batches')
})

test('refused readings are told', () => {
  expect(progressText({ ...state, refused: 3 }, { sealed: 0, anchored: 0 })).toContain('3 refused')
})

test('on a terminal the line is replaced, cut to its width, and what is said stays above it', () => {
  const { written, screen } = screenOf(true, 10)
  const line = progressLine(screen, () => '0123456789ABC')
  line.start()
  line.say('hello')
  line.stop()
  const drawn = '\r\x1b[2K012345678'
  expect(written).toEqual([drawn, '\r\x1b[2K', 'hello\n', drawn, '\n'])
})

test('elsewhere every state is a line of its own, once', () => {
  const { written, screen } = screenOf(false)
  let state = 'state'
  const line = progressLine(screen, () => state)
  line.start()
  line.say('hello')
  line.stop()
  line.start()
  state = 'changed'
  line.stop()
  expect(written).toEqual(['state\n', 'hello\n', 'changed\n'])
})
