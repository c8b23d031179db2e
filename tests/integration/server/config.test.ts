import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Readiness } from '../../../server/services/check-readiness.ts'
import { startPortal } from '../../../stack/portal.ts'
import { TestDevice } from '../../device.ts'
import {
  ADMIN_TOKEN,
  enrol,
  eventually,
  get,
  postReadings,
  startReadyPortal,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'

let test: TestPortal
beforeAll(async () => {
  test = await startTestPortal()
})
afterAll(() => test?.stop())

/** What the server says when it is started with one variable changed, and that it ends with 1. */
async function refusal(changed: Record<string, string>): Promise<string> {
  const env = Object.fromEntries(
    Object.entries({ ...test.env, ...changed }).filter(([, value]) => value !== ''),
  )
  const started = await startPortal({ env }).catch((error: unknown) => String(error))
  if (typeof started === 'string') {
    expect(started).toContain('ended with 1')
    return started
  }
  await started.stop()
  throw new Error('expected the server to refuse, it started')
}

const TOO_SHORT = 'secret-but-short'

/** One wrong value of every variable, and the sentence it earns. */
const wrong: [variable: string, value: string, sentence: string][] = [
  [
    'NUXT_MONGODB_URI',
    'postgres://u:hunter2@db',
    'expected a mongodb:// or mongodb+srv:// URI, got something else (not shown)',
  ],
  [
    'NUXT_IPFS_API_URL',
    '/ip4/127.0.0.1/tcp/5001',
    'expected an http or https URL, got "/ip4/127.0.0.1/tcp/5001"',
  ],
  ['NUXT_ETHEREUM_RPC_URL', 'ws://node', 'expected an http or https URL, got "ws://node"'],
  ['NUXT_CHAIN_ID', 'mainnet', 'expected a whole number from 1 to 9007199254740991, got "mainnet"'],
  ['NUXT_ANCHORING_KEY', TOO_SHORT, 'expected 32 bytes in hex, got something else (not shown)'],
  ['NUXT_ANCHORING_KEYSTORE_FILE', '/nowhere/keystore', 'expected a readable file'],
  ['NUXT_ANCHORING_SIGNER_URL', 'signer.example', 'expected an http or https URL'],
  ['NUXT_ANCHORING_ADDRESS', '0x12', 'expected an address, 0x and 20 bytes in hex'],
  ['NUXT_ADDRESS_REQUESTS_PER_MINUTE', '-1', 'expected a whole number from 0 to 100000000'],
  ['NUXT_ACCOUNT_CALLS_PER_MINUTE', 'all', 'expected a whole number from 0 to 1000000'],
  ['NUXT_LOG_KEY', '0'.repeat(64), 'expected a private key of the curve, got something else'],
  [
    'NUXT_ADMIN_TOKEN',
    TOO_SHORT,
    'expected at least 32 characters, got something else (not shown)',
  ],
  ['NUXT_PERSONAL_DATA_KEY', TOO_SHORT, 'expected 32 bytes in hex, got something else (not shown)'],
  ['NUXT_COMPLAINT_CLOCK_HOURS', 'cable=0/2', 'clocks: expected fuse_off, overhead_line, cable'],
  ['NUXT_RESTORE_FROM', 'ipfs://x', 'expected an http or https URL, got "ipfs://x"'],
  ['NUXT_READING_RETENTION_DAYS', '0', 'expected 1 to 36500, got "0"'],
  ['NUXT_COMPLAINT_RETENTION_DAYS', '0', 'expected 1 to 36500, got "0"'],
  ['NUXT_COMPLAINT_WORK', '1', 'expected 2 to 1000000, got "1"'],
  ['NUXT_ADDRESS_COMPLAINTS_PER_HOUR', 'few', 'expected a whole number from 0 to 1000000'],
  [
    'NUXT_OPEN311_KEYS',
    `${'k'.repeat(32)},${TOO_SHORT}`,
    'expected keys of at least 32 characters',
  ],
  ['NUXT_METRICS_TOKEN', TOO_SHORT, 'expected at least 32 characters, got something else'],
  ['NUXT_BATCH_INTERVAL_SECONDS', '1801', 'expected 1 to 1800, got "1801"'],
  ['NUXT_CONFIRMATIONS', '0', 'expected 1 to 10000, got "0"'],
  ['NUXT_HEARTBEAT_MINUTES', '-1', 'expected a whole number from 1 to 60, got "-1"'],
  ['NUXT_GAS_BUMP_SECONDS', '1.5', 'expected a whole number from 1 to 86400, got "1.5"'],
  ['NUXT_LOG_LEVEL', 'verbose', 'expected one of debug, info, warn, error, got "verbose"'],
  ['NUXT_LOG_FORMAT', 'xml', 'expected text or json, got "xml"'],
  ['NUXT_DRAIN_SECONDS', '301', 'expected 0 to 300, got "301"'],
  ['NUXT_LEASE_SECONDS', '601', 'expected 1 to 600, got "601"'],
  ['NUXT_ADMIN_NAME', 'Jane Doe', 'expected a pseudonym of a–z, 0–9, :, _ and -, got "Jane Doe"'],
  ['NUXT_DEVICE_READINGS_PER_HOUR', 'many', 'expected a whole number from 0 to 100000000'],
  ['NUXT_ADDRESS_READINGS_PER_MINUTE', '-1', 'expected a whole number from 0 to 100000000'],
  ['NUXT_PROXY_HOPS', '11', 'expected 0 to 10, got "11"'],
  ['NUXT_PUBLIC_RPC_URL', 'node', 'expected an http or https URL, got "node"'],
  ['NUXT_PUBLIC_GATEWAY_URL', 'ipfs.io', 'expected an http or https URL, got "ipfs.io"'],
  ['NUXT_EXPLORER_URL', 'ftp://scan', 'expected an http or https URL, got "ftp://scan"'],
  [
    'NUXT_MQTT_URL',
    'mqtts://u:hunter2@broker',
    'expected mqtt:// or mqtts://, a host, and no user or password, got something else (not shown)',
  ],
  ['NUXT_MQTT_CLIENT_ID', 'a/b', 'expected 1 to 64 of letters, digits, _ . : and -, got "a/b"'],
  ['NUXT_MQTT_GROUP', '#', 'expected 1 to 64 of letters, digits, _ . : and -, got "#"'],
  ['NUXT_MQTT_CA_FILE', '/nowhere/ca', 'expected a readable file, got "/nowhere/ca"'],
  ['NUXT_MQTT_MAX_IN_FLIGHT', '0', 'expected 1 to 10000, got "0"'],
]

describe('a server whose configuration is wrong', () => {
  it('stops and says of every variable what was expected and what it got, but no secret', async () => {
    const said = await refusal(Object.fromEntries(wrong))
    expect(said).toContain('Gridwitness cannot start.')
    for (const [variable, , sentence] of wrong) expect(said).toContain(`${variable}: ${sentence}`)
    expect(said).not.toMatch(/hunter2|secret-but-short|0{64}/)
    expect(said).not.toMatch(/^\s+at /m)
  })

  it('stops and names every variable that is missing', async () => {
    const required = [
      'NUXT_MONGODB_URI',
      'NUXT_IPFS_API_URL',
      'NUXT_ETHEREUM_RPC_URL',
      'NUXT_CHAIN_ID',
      'NUXT_ANCHORING_KEY',
      'NUXT_LOG_KEY',
      'NUXT_PERSONAL_DATA_KEY',
      'NUXT_ADMIN_TOKEN',
    ]
    const said = await refusal(Object.fromEntries(required.map((name) => [name, ''])))
    for (const name of required)
      expect(said).toMatch(new RegExp(`${name}: expected [^;]+, got nothing`))
  })

  it.each([
    ['NUXT_MONGODB_URI', 'mongodb://u:hunter2@db/?tls=perhaps', /NUXT_MONGODB_URI: expected a URI/],
    ['NUXT_ANCHORING_KEY', 'f'.repeat(64), /NUXT_ANCHORING_KEY: expected a private key/],
    ['NUXT_ANCHORING_SIGNER_URL', 'http://127.0.0.1:9', /NUXT_ANCHORING_KEY: .*one of them alone/],
    ['NUXT_ADMIN_TOKEN_FILE', '/nowhere/token', /NUXT_ADMIN_TOKEN_FILE: expected a readable file/],
    ['NUXT_CHAIN_ID', '5', /expected its deployment on chain 5 in .*5\.json/],
    ['NUXT_DEPLOYMENTS_DIR', '/nowhere', /expected its deployment on chain \d+ in \/nowhere/],
  ])('in %s alone stops, and says so', async (variable, value, words) => {
    const said = await refusal({ [variable]: value })
    expect(said).toMatch(words)
    expect(said).not.toMatch(/hunter2|f{64}/)
  })
})

describe('a running server', () => {
  it('takes its secrets from files where it is told to', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'gridwitness-secrets-'))
    try {
      const secrets = ['NUXT_ADMIN_TOKEN', 'NUXT_LOG_KEY', 'NUXT_ANCHORING_KEY', 'NUXT_MONGODB_URI']
      const env = Object.fromEntries(
        Object.entries(test.env).map(([name, value]) => {
          if (!secrets.includes(name)) return [name, value]
          writeFileSync(join(dir, name), `${value}\n`)
          return [`${name}_FILE`, join(dir, name)]
        }),
      )
      const portal = await startReadyPortal(env)
      const answer = await fetch(`${portal.url}/api/v1/admin/failures`, {
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      })
      await portal.stop()
      expect(answer.status).toBe(200)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('says that it is alive, and that what it stands on answers', async () => {
    expect((await get(test.url, '/health')).body).toEqual({ status: 'alive' })
    const ready = await eventually('readiness', async () => {
      const answer = await get<Readiness>(test.url, '/ready')
      return answer.status === 200 && answer.body
    })
    expect(Object.values(ready.dependencies).map(({ ok }) => ok)).toEqual([true, true, true])
  })

  const metrics = async (): Promise<Map<string, number>> => {
    const response = await fetch(`${test.url}/metrics`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    })
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/)
    return parsed(await response.text())
  }

  it('shows its metrics to who has the token only', async () => {
    expect((await fetch(`${test.url}/metrics`)).status).toBe(401)
    expect((await metrics()).get('process_cpu_seconds_total')).toBeGreaterThan(0)
  })

  it('measures how long the oldest record waits for its anchor: it rises, and falls to nothing', async () => {
    const name = 'gridwitness_oldest_unanchored_record_seconds'
    const device = new TestDevice('measured')
    await enrol(test.url, 'measured', [device])
    expect((await postReadings(test.url, [device.read()])).status).toBe(201)
    const first = await eventually('a wait', async () => (await metrics()).get(name))
    await eventually('a longer wait', async () => ((await metrics()).get(name) ?? 0) > first)
    await eventually('no wait', async () => (await metrics()).get(name) === 0)
    expect((await metrics()).get('gridwitness_readings_total{outcome="accepted"}')).toBe(1)
    expect((await metrics()).get('gridwitness_batches{state="anchored"}')).toBeGreaterThan(0)
  })
})

/** Samples of the Prometheus text format, by name and labels; throws at a line that is none. */
function parsed(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE) [a-z]/.test(line)) continue
    const [, name, value] = /^([a-z_:][\w:]*(?:\{[^}]*\})?) (\S+)$/i.exec(line) ?? []
    if (name === undefined) throw new Error(`expected a sample, got ${line}`)
    samples.set(name, Number(value))
  }
  return samples
}

describe('a server that is told to stop', () => {
  it('finishes the request in hand, ends its event streams, and exits with 0', async () => {
    const portal = await startReadyPortal(test.env)
    const device = new TestDevice('last words')
    await enrol(portal.url, 'last-words', [device])
    const stream = await fetch(`${portal.url}/api/v1/events`)
    const body = JSON.stringify(device.read())
    const answer = new Promise<number | undefined>((resolve, reject) => {
      const sending = request(
        `${portal.url}/api/v1/readings`,
        {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'content-length': body.length,
            expect: '100-continue',
          },
        },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        },
      )
      sending.once('error', reject)
      // The server has the request in hand and waits for its body.
      sending.once('continue', () => {
        portal.kill('SIGTERM')
        // The stream ends when the server has heard the signal: only then the body is sent.
        void stream.text().then(() => sending.end(body))
      })
      sending.flushHeaders()
    })
    expect(await answer).toBe(201)
    expect(await portal.exited).toEqual({ code: 0, signal: null })
    await expect(fetch(`${portal.url}/health`)).rejects.toThrow()
  })
})
