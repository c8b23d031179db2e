import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { fromHex, sha256, toHex } from '../../shared/bytes.ts'
import { messageOf } from '../../shared/coded-error.ts'
import { parseAs } from '../../shared/parse.ts'
import {
  challengeMessage,
  NONCE_BYTES,
  verifyChallenge,
  type DeviceIdentity,
} from '../../shared/provisioning/index.ts'
import { CliError } from '../cli-error.ts'
import type { Terminal } from '../terminal.ts'

const hexOf = (bytes: number) =>
  z
    .string()
    .toLowerCase()
    .regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), `expected ${2 * bytes} hex digits`)
    .transform(fromHex)

export const nonceOption = hexOf(NONCE_BYTES)
export const signatureOption = hexOf(64)
/** Longer than any line that holds a signature. */
const LINE_MAX = 1024

export interface Answer {
  nonce: Uint8Array
  signature: Uint8Array
}

/** Prints a fresh challenge and reads the chip's signature from standard input. Throws `unreadable`. */
export async function askForAnswer(
  { device_id }: DeviceIdentity,
  { out, stdin }: Terminal,
): Promise<Answer> {
  const nonce = new Uint8Array(randomBytes(NONCE_BYTES))
  out(`nonce      ${toHex(nonce)}`)
  out(`digest     ${toHex(sha256(challengeMessage(device_id, nonce)))}`)
  out(
    "At the device's console, which answers with 128 hex digits (or have its chip sign the digest):",
  )
  out(`challenge ${toHex(nonce)}`)
  out('Enter the signature:')
  try {
    return { nonce, signature: parseAs(signatureOption, await firstLine(stdin), 'signature') }
  } catch (cause) {
    throw new CliError('unreadable', messageOf(cause), { cause })
  }
}

async function firstLine(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stdin) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes('\n') || text.length > LINE_MAX) break
  }
  return (text.split('\n')[0] ?? '').trim()
}

/** Throws `disproved` where the signature is not the device's over this nonce. */
export function checkAnswer(identity: DeviceIdentity, { nonce, signature }: Answer): void {
  try {
    verifyChallenge(identity, nonce, signature)
  } catch (cause) {
    throw new CliError('disproved', `challenge: ${messageOf(cause)}`, { cause })
  }
}
