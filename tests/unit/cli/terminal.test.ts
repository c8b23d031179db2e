import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { terminalOver } from '../../../cli/terminal.ts'

function shown(isTTY: boolean, env: Record<string, string> = {}): string {
  let written = ''
  const sink = { isTTY, write: (text: string) => (written += text) }
  terminalOver(sink, sink, Readable.from([]), env).out({ text: '✓', style: 'green' }, ' proved')
  return written
}

it('colours are for people at a terminal', () => {
  expect(shown(true)).toBe('\u001b[32m✓\u001b[39m proved\n')
  expect(shown(false)).toBe('✓ proved\n')
})

it('NO_COLOR is honoured, and an empty one is none', () => {
  expect(shown(true, { NO_COLOR: '1' })).toBe('✓ proved\n')
  expect(shown(true, { NO_COLOR: '' })).toContain('\u001b[32m')
})
