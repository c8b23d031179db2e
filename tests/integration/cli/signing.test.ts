import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { generateKeyPairSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publicKeyFromHex, toHex } from '../../../shared/bytes.ts'
import { readSettings, verifyMessage } from '../../../shared/device-message/index.ts'
import { gridwitness } from './session.ts'

const SETTINGS = {
  device_id: '0123090909090909EE',
  latitude: 25.5941,
  longitude: 85.1376,
  apn: 'iot.example',
  host: 'power.example.org',
}

let folder: string
const path = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gridwitness-signing-'))
  const keys = { operator: 'prime256v1', another: 'prime256v1', elsewhere: 'secp384r1' }
  for (const [name, namedCurve] of Object.entries(keys)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve })
    await writeFile(path(`${name}.pem`), privateKey.export({ format: 'pem', type: 'sec1' }))
  }
  await writeFile(path('settings.json'), JSON.stringify(SETTINGS))
  await writeFile(path('image.bin'), 'image')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const signSettings = (...more: string[]) =>
  gridwitness([
    ...['device', 'settings', 'sign', path('settings.json')],
    ...['--key', path('operator.pem'), '--out', path('one.settings'), ...more],
  ])
const signFirmware = (...more: string[]) =>
  gridwitness([
    ...['firmware', 'sign', path('image.bin'), '--target', 'esp32'],
    ...['--out', path('image.cose'), ...more],
  ])

describe('gridwitness device settings sign', () => {
  it('keeps the message, prints what to type, and counts its versions', async () => {
    const first = await signSettings()
    expect(first).toMatchObject({ code: 0, stderr: '' })
    const message = new Uint8Array(await readFile(path('one.settings')))
    expect(first.stdout).toContain(`\nsettings ${toHex(message)}\n`)
    const [, key = ''] = /signed by ([0-9a-f]{128})\n/.exec(first.stdout) ?? []
    verifyMessage(message, publicKeyFromHex(`04${key}`))
    expect(readSettings(message)).toMatchObject({ ...SETTINGS, version: 1, heartbeat_s: 900 })
    expect((await signSettings()).stdout).toContain('version 2 for device 0123090909090909EE')
  })

  it('signs no version a device would refuse, and nothing over the message of another device', async () => {
    const again = await signSettings('--version', '2')
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('--version: expected above 2, which was signed last, got 2')
    const other = { ...SETTINGS, device_id: '0123090909090909EF' }
    await writeFile(path('settings.json'), JSON.stringify(other))
    expect((await signSettings()).stderr).toContain('expected a file of device 0123090909090909EF')
  })
})

describe('gridwitness firmware sign', () => {
  it('wants a key on P-256, and the one that signed the last', async () => {
    const version = ['--version', '3']
    const curve = await signFirmware(...version, '--key', path('elsewhere.pem'))
    expect(curve).toMatchObject({ code: 2, stdout: '' })
    expect(curve.stderr).toContain('elsewhere.pem: expected a key on P-256')
    const signed = await signFirmware(...version, '--key', path('operator.pem'))
    expect(signed.stdout).toContain('version 3 for esp32, 5 bytes')
    const another = await signFirmware('--version', '4', '--key', path('another.pem'))
    expect(another.stderr).toContain('image.cose: expected nothing, or the last message')
  })

  it('is asked to publish the manifest of another image: nothing is sent', async () => {
    const published = await gridwitness(
      [
        ...['firmware', 'publish', '--portal', 'http://127.0.0.1:9', '--image'],
        ...[path('settings.json'), '--manifest', path('image.cose')],
      ],
      { env: { GRIDWITNESS_ADMIN_TOKEN: 'token' } },
    )
    expect(published.code).toBe(2)
    expect(published.stderr).toContain('--manifest: expected the one of this image')
  })
})
