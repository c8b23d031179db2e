import { describe, expect, test } from 'vitest'
import { buildHost, missingTools, runProgram } from './host.ts'

/** Every test written in C, each in a process of its own under the address and undefined-behaviour sanitizers. */

const program = missingTools() ? null : buildHost('core-tests')
const names = program ? runProgram(program, 'list').trim().split('\n') : []

describe('the core in C', () => {
  test('is compiled without a warning', () => expect(missingTools()).toBeNull())

  test.each(names)('%s', (name) => {
    expect(program && runProgram(program, 'run', name)).toBe('')
  })
})
