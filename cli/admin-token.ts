import { fromUtf8 } from '../shared/bytes.ts'
import { CliError } from './cli-error.ts'
import { readInput } from './read-input.ts'

export const TOKEN_VARIABLE = 'GRIDWITNESS_ADMIN_TOKEN'

/** What is common to the help of all commands that need the token. */
export const TOKEN_HELP = `The administrator's token comes from the environment variable ${TOKEN_VARIABLE}, or from --token-file FILE;
never from an argument, where others on this machine could read it.
Exit code: 0 done, 1 the portal refused, 2 wrong usage or no answer.`

/** The administrator's token, from the file where one is given. Throws `usage` or `unreadable`, without repeating it. */
export async function adminToken(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const origin = file ?? TOKEN_VARIABLE
  const token = file === undefined ? env[TOKEN_VARIABLE] : fromUtf8(await readInput(file)).trim()
  if (token === undefined || token === '') {
    throw new CliError('usage', `${origin}: expected the administrator's token, got none`)
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new CliError(
      'usage',
      `${origin}: expected a token of visible ASCII characters, got others`,
    )
  }
  return token
}
