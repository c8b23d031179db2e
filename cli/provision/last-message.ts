import { existsSync } from 'node:fs'
import { messageOf } from '../../shared/coded-error.ts'
import { verifyMessage, type OperatorKey } from '../../shared/device-message/index.ts'
import { CliError } from '../cli-error.ts'
import { readInput } from '../read-input.ts'

/** What was signed last with this key and kept in this file; undefined where there is none. Throws `unreadable`. */
export async function lastMessage<Message>(
  path: string,
  { publicKey }: OperatorKey,
  read: (message: Uint8Array) => Message,
): Promise<Message | undefined> {
  if (!existsSync(path)) return undefined
  const bytes = await readInput(path)
  try {
    verifyMessage(bytes, publicKey)
    return read(bytes)
  } catch (cause) {
    throw new CliError(
      'unreadable',
      `${path}: expected nothing, or the last message of its kind signed with this key, got: ${messageOf(cause)}`,
      { cause },
    )
  }
}

/**
 * The version to sign: `asked`, or the one after the last. Throws `usage` for one that is not above the last: a device would
 * refuse it.
 */
export function nextVersion(asked: number | undefined, last: number | undefined): number {
  const version = asked ?? (last ?? 0) + 1
  if (last !== undefined && version <= last) {
    throw new CliError(
      'usage',
      `--version: expected above ${last}, which was signed last, got ${version}`,
    )
  }
  return version
}
