import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SecureElement } from '../../../firmware/host/harness/secure-element.ts'
import { sha256, toHex } from '../../../shared/bytes.ts'
import {
  challengeMessage,
  labelOf,
  readLabel,
  verifyChallenge,
} from '../../../shared/provisioning/index.ts'

const chip = SecureElement.named('at the bench')
const identity = { device_id: chip.deviceId, public_key: chip.publicKey }
const nonce = new Uint8Array(randomBytes(32))
const answer = chip.sign(sha256(challengeMessage(identity.device_id, nonce)))

describe('a challenge', () => {
  it('is the domain, the device id and the nonce', () => {
    expect(toHex(challengeMessage('0123456789ABCDEF01', new Uint8Array(32).fill(7)))).toBe(
      '677269647769746e65737320646576696365206368616c6c656e67652076310a0a0a' +
        '0123456789abcdef01' +
        '07'.repeat(32),
    )
  })

  it('is met by the chip', () => {
    expect(() => {
      verifyChallenge(identity, nonce, answer)
    }).not.toThrow()
  })

  it.each([
    ['another nonce', identity, new Uint8Array(32)],
    ['another device', { ...identity, device_id: '0123456789ABCDEF01' }, nonce],
    ['another key', { ...identity, public_key: SecureElement.named('another').publicKey }, nonce],
  ])('is not met for %s', (_, who, what) => {
    expect(() => {
      verifyChallenge(who, what, answer)
    }).toThrow('signature: expected one by this key')
  })

  it('takes a nonce of 32 bytes', () => {
    expect(() => challengeMessage(identity.device_id, new Uint8Array(31))).toThrow(
      'nonce: expected 32 bytes, got 31',
    )
  })
})

describe('a label', () => {
  it('says serial number and key, and is read again', () => {
    expect(readLabel(labelOf(identity))).toEqual(identity)
  })

  it.each([
    labelOf(identity).toLowerCase(),
    labelOf(identity).replace(':1:', ':2:'),
    `${labelOf(identity)}00`,
    '',
  ])('%j is none', (text) => {
    expect(() => readLabel(text)).toThrow('label: expected GRIDWITNESS:1:')
  })
})
