import { expect, it, vi } from 'vitest'
import packageJson from '../../../package.json' with { type: 'json' }
import { gridwitness } from './session.ts'

vi.setConfig({ testTimeout: 30_000 })

it('--version says the version of the package', async () => {
  expect(await gridwitness(['--version'])).toEqual({
    stdout: `gridwitness ${packageJson.version}\n`,
    stderr: '',
    code: 0,
  })
})

it.each([
  [['--help'], 'usage: gridwitness <command> …\n'],
  [['device', '--help'], 'usage: gridwitness device <command> …\n'],
  [['area', '-h'], 'usage: gridwitness area <command> …\n'],
  [['verify', '--help'], 'usage: gridwitness verify <file|-> '],
  [['receipt', '--help'], 'usage: gridwitness receipt <file|-> '],
  [['device', 'enrol', '--help'], 'usage: gridwitness device enrol --portal URL '],
  [['device', 'move', '--portal', 'x', '--help'], 'usage: gridwitness device move --portal URL '],
])('%j explains itself', async (args, beginning) => {
  const { stdout, stderr, code } = await gridwitness(args)
  expect(stdout.startsWith(beginning)).toBe(true)
  expect(stderr).toBe('')
  expect(code).toBe(0)
})

it.each([
  [
    [],
    'gridwitness: command: expected one of verify, receipt, audit, mirror, device, firmware, admin, area, got none\n',
  ],
  [
    ['toString'],
    'gridwitness: command: expected one of verify, receipt, audit, mirror, device, firmware, admin, area, got "toString"\n',
  ],
  [['device', 'delete'], 'gridwitness device: command: expected one of enrol, commit, '],
  [['verify'], 'gridwitness verify: <file>: expected one, got none\n'],
  [['verify', 'a', 'b'], 'gridwitness verify: arguments: expected no further one, got "b"\n'],
  [
    ['verify', 'a', '--token=secret'],
    'gridwitness verify: options: expected --rpc, --ipfs, --contract, --deployments, --json, got --token\n',
  ],
  [
    ['verify', 'a', '-v'],
    'gridwitness verify: options: expected --rpc, --ipfs, --contract, --deployments, --json, got -v\n',
  ],
  [['verify', 'a', '--rpc'], 'gridwitness verify: --rpc: expected a value, got none\n'],
  [['verify', 'a', '--rpc', '--json'], 'gridwitness verify: --rpc: expected a value, got --json\n'],
  [['verify', 'a', '--json=yes'], 'gridwitness verify: --json: expected no value, got one\n'],
  [
    ['verify', 'a', '--json', '--json'],
    'gridwitness verify: --json: expected once, got it twice\n',
  ],
  [
    ['verify', 'a', '--rpc', 'ftp://node'],
    'gridwitness verify: --rpc: expected an http or https URL ',
  ],
  [
    ['verify', 'a', '--ipfs', 'gateway'],
    'gridwitness verify: --ipfs: expected an http or https URL ',
  ],
  [['verify', 'a', '--contract', '0x12'], 'gridwitness verify: --contract: expected 0x and 40 '],
  [
    ['device', 'commit', '--latitude', '91', '--longitude', '0'],
    'gridwitness device commit: --latitude: expected −90 to 90, got "91"\n',
  ],
  [
    ['device', 'commit', '--latitude', '1e1', '--longitude', '0'],
    'gridwitness device commit: --latitude: expected a decimal number, got "1e1"\n',
  ],
  [
    ['device', 'commit', '--latitude', '0'],
    'gridwitness device commit: --longitude: expected a value, got none\n',
  ],
])('%j says which, expected, got, and how it is used', async (args, beginning) => {
  const { stdout, stderr, code } = await gridwitness(args)
  expect(stdout).toBe('')
  expect(stderr.slice(0, beginning.length)).toBe(beginning)
  expect(stderr).toContain('\n\nusage: gridwitness')
  expect(stderr).not.toContain('secret')
  expect(code).toBe(2)
})
