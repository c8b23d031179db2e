import { X509Certificate } from 'node:crypto'
import { fromBase64url, toHex } from '../../shared/bytes.ts'
import type { DeviceIdentity } from '../../shared/provisioning/index.ts'
import { CliError } from '../cli-error.ts'

/** PEM or DER of each. */
export interface CertificateFiles {
  device: Uint8Array
  signer: Uint8Array
  /** Trusted by whoever checks. */
  root: Uint8Array
}

/**
 * Checks that a manufacturer's chain vouches for this serial number and key (docs/formats/provisioning.md). Throws
 * `unreadable` for what is no certificate, and `disproved` saying which step fails.
 */
export function checkCertificates(
  files: CertificateFiles,
  identity: DeviceIdentity,
  now: Date,
): { issuer: string; root: string } {
  const root = certificate('root', files.root)
  const signer = certificate('signer', files.signer)
  const device = certificate('device', files.device)
  expectIssued('root', root, root)
  expectIssued('signer', signer, root)
  expectIssued('device', device, signer)
  for (const [name, { ca }] of [['root', root] as const, ['signer', signer] as const])
    if (!ca) throw disproved(`${name} certificate: expected an authority, got none`)
  if (device.ca) throw disproved('device certificate: expected a device, got an authority')
  for (const [name, one] of Object.entries({ root, signer, device })) expectInTime(name, one, now)
  expectKey(device, identity)
  expectSerial(device, identity)
  return { issuer: signer.fingerprint256, root: root.fingerprint256 }
}

function certificate(name: string, bytes: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(bytes)
  } catch (cause) {
    throw new CliError('unreadable', `${name} certificate: expected X.509 in PEM or DER`, { cause })
  }
}

function expectIssued(name: string, one: X509Certificate, by: X509Certificate): void {
  const issuer = one === by ? 'itself' : 'the one above it'
  if (!one.checkIssued(by)) throw disproved(`${name} certificate: expected issued by ${issuer}`)
  if (!one.verify(by.publicKey))
    throw disproved(`${name} certificate: expected a signature by ${issuer}, got another`)
}

function expectInTime(name: string, one: X509Certificate, now: Date): void {
  if (now < one.validFromDate || now > one.validToDate) {
    throw disproved(
      `${name} certificate: expected valid at ${now.toISOString()}, got ${one.validFrom} to ${one.validTo}`,
    )
  }
}

function expectKey({ publicKey }: X509Certificate, { public_key }: DeviceIdentity): void {
  const { crv, x, y } = publicKey.export({ format: 'jwk' })
  if (crv !== 'P-256' || x === undefined || y === undefined)
    throw disproved('device certificate: expected a key on P-256')
  const certified = `04${toHex(fromBase64url(x))}${toHex(fromBase64url(y))}`
  if (certified !== public_key)
    throw disproved(`device certificate: expected key ${public_key}, got ${certified}`)
}

function expectSerial(device: X509Certificate, { device_id }: DeviceIdentity): void {
  const name: unknown = device.toLegacyObject().subject.CN
  const serial = typeof name === 'string' ? /^sn([0-9a-f]{18})$/i.exec(name)?.[1] : undefined
  if (serial?.toUpperCase() !== device_id) {
    throw disproved(
      `device certificate: expected the common name sn${device_id}, got ${JSON.stringify(name)}`,
    )
  }
}

const disproved = (message: string): CliError => new CliError('disproved', message)
