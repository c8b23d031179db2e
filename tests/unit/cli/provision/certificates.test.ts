import { describe, expect, it } from 'vitest'
import { checkCertificates } from '../../../../cli/provision/certificates.ts'
import { holder, issue, pemOf, pointOf } from './certificate-chain.ts'

const SERIAL = '0123FE0CF960432D01'
const root = holder('Crypto Authentication Root CA 002')
const signer = holder('Crypto Authentication Signer 2C60')
const device = holder(`sn${SERIAL}`)
const files = {
  root: issue({ to: root, by: root, ca: true }),
  signer: issue({ to: signer, by: root, ca: true }),
  device: issue({ to: device, by: signer, ca: false }),
}
const identity = { device_id: SERIAL, public_key: pointOf(device) }
const check = (changed: Partial<typeof files>, who = identity, now = new Date()) =>
  checkCertificates({ ...files, ...changed }, who, now)

describe('a chain of certificates', () => {
  it('vouches for the serial number and the key in it', () => {
    expect(check({}).root).toMatch(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/)
  })

  it('may come in PEM', () => {
    const pem = Buffer.from(pemOf(files.device))
    expect(() => check({ device: pem })).not.toThrow()
  })

  const impostor = { ...holder('impostor'), name: signer.name }
  const other = holder(root.name)
  it.each<[string, Partial<typeof files>, string]>([
    [
      'a root of another',
      { root: issue({ to: other, by: other, ca: true }) },
      'signer certificate',
    ],
    [
      'a signer nobody vouches for',
      { device: issue({ to: device, by: impostor, ca: false }) },
      'device certificate: expected a signature by the one above it',
    ],
    [
      'a signer of another name',
      { signer: issue({ to: holder('someone'), by: root, ca: true }) },
      'device certificate: expected issued by the one above it',
    ],
    [
      'a device as signer',
      { signer: issue({ to: signer, by: root, ca: false }) },
      'signer certificate: expected an authority',
    ],
    [
      'an authority as device',
      { device: issue({ to: device, by: signer, ca: true }) },
      'device certificate: expected a device, got an authority',
    ],
    [
      'a root that another issued',
      { root: issue({ to: root, by: holder('above'), ca: true }) },
      'root certificate: expected issued by itself',
    ],
    [
      'a certificate that is over',
      { device: issue({ to: device, by: signer, ca: false, until: new Date('2020-01-01') }) },
      'device certificate: expected valid at',
    ],
    [
      'another key in the certificate',
      { device: issue({ to: { ...holder(''), name: device.name }, by: signer, ca: false }) },
      'device certificate: expected key',
    ],
    [
      'another serial number in the certificate',
      { device: issue({ to: { ...device, name: 'sn0123456789ABCDEF01' }, by: signer, ca: false }) },
      `expected the common name sn${SERIAL}, got "sn0123456789ABCDEF01"`,
    ],
    [
      'a file that is no certificate',
      { signer: Buffer.from('no') },
      'signer certificate: expected',
    ],
  ])('with %s is refused', (_, changed, message) => {
    expect(() => check(changed)).toThrow(message)
  })

  it('does not vouch for another device than its own', () => {
    expect(() => check({}, { ...identity, device_id: '0123456789ABCDEF01' })).toThrow(
      `expected the common name sn0123456789ABCDEF01, got "sn${SERIAL}"`,
    )
    expect(() => check({}, { ...identity, public_key: pointOf(root) })).toThrow(
      'device certificate: expected key',
    )
  })
})
