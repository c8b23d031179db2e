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

it('how far a command is, is for people at a terminal, in one line without a trick in it', () => {
  const written: string[] = []
  const write = (text: string) => written.push(text)
  const of = (isTTY: boolean) => terminalOver({ write }, { isTTY, write }, Readable.from([]), {})
  of(false).progress('batch 1 of 2')
  expect(written).toEqual([])
  of(true).progress('batch 1\u001b of 2')
  of(true).progress('')
  expect(written).toEqual(['\r\u001b[Kbatch 1\\u001b of 2', '\r\u001b[K'])
})
