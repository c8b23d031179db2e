import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { publicKeyFromHex, toHex, type PublicKey } from '../../shared/bytes.ts'
import type { OperatorKey } from '../../shared/device-message/index.ts'
import { CliError } from '../cli-error.ts'
import { readInput } from '../read-input.ts'

/** What is common to the help of all commands that need the key. */
export const OPERATOR_KEY_HELP = `  --key FILE    the operator's private key, P-256 in PEM, without a passphrase; it is read and goes nowhere:
                openssl ecparam -name prime256v1 -genkey -noout -out operator.pem`

/** The operator's key from a file. Throws `unreadable`, without repeating what is in it. */
export async function operatorKey(path: string): Promise<OperatorKey> {
  const pem = await readInput(path)
  let key: KeyObject
  try {
    key = createPrivateKey(Buffer.from(pem))
  } catch (cause) {
    throw new CliError(
      'unreadable',
      `${path}: expected a private key in PEM without a passphrase, got another file`,
      { cause },
    )
  }
  return {
    publicKey: publicPart(key, path),
    sign: (message) => new Uint8Array(sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })),
  }
}

function publicPart(key: KeyObject, path: string): PublicKey {
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new CliError('unreadable', `${path}: expected a key on P-256, got another kind`)
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' })
  const half = (text: string) => Buffer.from(text, 'base64url').toString('hex')
  return publicKeyFromHex(`04${half(x)}${half(y)}`)
}

/** The public half as GW_OPERATOR_KEY of the firmware's menu wants it: X‖Y, 128 hex digits. */
export const builtIn = ({ publicKey }: OperatorKey): string => toHex(publicKey.subarray(1))
