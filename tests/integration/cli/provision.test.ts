import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import decodeQR from 'qr/decode.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDevices } from '../../../cli/device-file.ts'
import { SecureElement } from '../../../firmware/host/harness/secure-element.ts'
import { sha256, toHex } from '../../../shared/bytes.ts'
import { challengeMessage, labelOf } from '../../../shared/provisioning/index.ts'
import { holder, issue, pemOf, pointOf } from '../../unit/cli/provision/certificate-chain.ts'
import { gridwitness } from './session.ts'

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const chip = SecureElement.named('at the bench')
const identity = { device_id: chip.deviceId, public_key: chip.publicKey }
const IDENTITY = ['--device-id', chip.deviceId, '--public-key', chip.publicKey]
const FACTS = [
  ...['--stage', 'house', '--customers', '1', '--area', 'in-br-patna'],
  ...['--latitude', '25.5941', '--longitude', '85.1376'],
]
const nonce = new Uint8Array(32).fill(9)
const signatureOf = (element: SecureElement) =>
  toHex(element.sign(sha256(challengeMessage(chip.deviceId, nonce))))
const ANSWER = ['--nonce', toHex(nonce), '--signature', signatureOf(chip)]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gridwitness-provision-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const provision = (...args: string[]) => gridwitness(['device', 'provision', ...args])

/** A QR code of half blocks, two modules above each other in a letter, as a picture. */
function pictureOf(lines: readonly string[], scale = 4) {
  const rows = lines.flatMap((line) => [
    [...line].map((letter) => letter === '█' || letter === '▀'),
    [...line].map((letter) => letter === '█' || letter === '▄'),
  ])
  const width = (rows[0]?.length ?? 0) * scale
  const height = rows.length * scale
  const data = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let at = 0; at < width * height; at += 1) {
    const isLight = rows[Math.floor(at / width / scale)]?.[Math.floor((at % width) / scale)]
    if (!isLight) data.fill(0, 4 * at, 4 * at + 3)
  }
  return { width, height, data }
}

describe('gridwitness device provision', () => {
  it('challenges the chip and takes its answer', async () => {
    const child = spawn(process.execPath, [MAIN, 'device', 'provision', ...IDENTITY])
    const errors = text(child.stderr)
    let output = ''
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      output += String(chunk)
      const [, digest] = /^digest {5}([0-9a-f]{64})\n/m.exec(output) ?? []
      if (digest !== undefined && child.stdin.writable)
        child.stdin.end(`${toHex(chip.sign(Buffer.from(digest, 'hex'))).toUpperCase()}\n`)
    }
    expect(await errors).toBe('')
    expect(output).toContain('– certificate Not checked')
    expect(output).toContain(`✓ challenge   ${chip.deviceId} holds the key ${chip.publicKey}.`)
  })

  it('asks for a new nonce every time, so that an old answer does not count', async () => {
    const args = ['device', 'provision', ...IDENTITY]
    const sessions = await Promise.all(
      [1, 2].map(() => gridwitness(args, { stdin: `${ANSWER[3]}\n` })),
    )
    const nonces = sessions.map(({ stdout }) => /nonce +([0-9a-f]{64})/.exec(stdout)?.[1])
    expect(new Set(nonces).size).toBe(2)
    for (const { code, stderr } of sessions) {
      expect(code).toBe(1)
      expect(stderr).toContain('challenge: signature: expected one by this key')
    }
  })

  it('refuses the answer of another chip, and adds nothing', async () => {
    const out = join(folder, 'refused.csv')
    const wrong = [
      '--nonce',
      toHex(nonce),
      '--signature',
      signatureOf(SecureElement.named('other')),
    ]
    const session = await provision(...IDENTITY, ...wrong, ...FACTS, '--out', out)
    expect(session.code).toBe(1)
    await expect(readFile(out)).rejects.toThrow('ENOENT')
  })

  it('adds the device to a file that device enrol takes, once', async () => {
    const out = join(folder, 'devices.csv')
    const args = ['--label', labelOf(identity), ...ANSWER, ...FACTS, '--out', out]
    const session = await provision(...args)
    expect(session).toMatchObject({ code: 0, stderr: '' })
    const device = { ...identity, stage: 'house', customers_served: 1 }
    expect(readDevices(out, await readFile(out))).toEqual([
      { area_id: 'in-br-patna', device: { ...device, latitude: 25.5941, longitude: 85.1376 } },
    ])
    const again = await provision(...args)
    expect(again.code).toBe(2)
    expect(again.stderr).toContain(`expected each device once, got ${chip.deviceId} twice`)
    expect(readDevices(out, await readFile(out))).toHaveLength(1)
  })

  it('loses no fact to a file without a column for it', async () => {
    const out = join(folder, 'narrow.csv')
    await writeFile(
      out,
      `device_id,public_key,stage,customers_served,latitude,longitude\n0123456789ABCDEF01,${chip.publicKey},house,1,25,85\n`,
    )
    const session = await provision(...IDENTITY, ...ANSWER, ...FACTS, '--out', out)
    expect(session.code).toBe(2)
    expect(session.stderr).toContain('expected columns for all that is stated')
  })

  it('prints a QR code of the label', async () => {
    const { stdout } = await provision(...IDENTITY, ...ANSWER, '--qr')
    const lines = stdout.split('\n').filter((line) => /^[█▀▄ ]{20,}$/.test(line))
    expect(decodeQR(pictureOf(lines))).toBe(labelOf(identity))
    expect(stdout).toContain(`\n${labelOf(identity)}\n`)
  })

  it('asks the certificates too, where they are given', async () => {
    const [root, signer] = [holder('root'), holder('signer')]
    const device = holder(`sn${chip.deviceId}`)
    const paths = await Promise.all(
      [
        issue({ to: device, by: signer, ca: false }),
        issue({ to: signer, by: root, ca: true }),
        issue({ to: root, by: root, ca: true }),
      ].map(async (der, index) => {
        const path = join(folder, `${index}.pem`)
        await writeFile(path, pemOf(der))
        return path
      }),
    )
    const [one = '', two = '', three = ''] = paths
    const chain = ['--certificate', one, '--signer', two, '--root', three]
    // The chain vouches for the key in it; this chip has another.
    const session = await provision(...IDENTITY, ...ANSWER, ...chain)
    expect(session.code).toBe(1)
    expect(session.stderr).toContain(`expected key ${chip.publicKey}, got ${pointOf(device)}`)
    const half = await provision(...IDENTITY, ...ANSWER, '--certificate', one)
    expect(half.stderr).toContain('--signer: expected a value, got none')
  })

  it.each([
    [[...IDENTITY, '--label', labelOf(identity)], '--label: expected neither'],
    [['--label', 'x'], 'label: expected GRIDWITNESS:1:'],
    [[...IDENTITY, '--signature', '00'], '--nonce: expected a value'],
    [[...IDENTITY, ...ANSWER, '--out', 'devices.txt'], 'expected a name ending in .csv'],
    [[...IDENTITY, ...ANSWER, '--out', 'devices.csv'], '--stage: expected a value'],
  ])('%j is refused, saying why', async (args, message) => {
    const session = await provision(...args)
    expect(session.code).toBe(2)
    expect(session.stderr).toContain(message)
  })
})
