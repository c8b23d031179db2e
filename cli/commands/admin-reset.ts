import { resetRequestSchema } from '../../shared/api/accounts.ts'
import { adminToken, TOKEN_HELP } from '../admin-token.ts'
import { DONE, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { oneTimeLink } from '../one-time-link.ts'
import { pathOption, readOptions, urlOption } from '../options.ts'
import type { Terminal } from '../terminal.ts'

export const adminReset: Command = {
  summary: 'let someone who lost password or phone in again',
  synopsis: '--portal URL --email ADDRESS [--token-file FILE]',
  help: `Makes a one-time link by which the owner of an account chooses a new password; the second factor is taken away and all
sessions end when the link is used, not before. It is for administrators whom no other administrator can help. The
portal sends no mail; hand the link over yourself. Whoever opens it first gets the account.

  --email ADDRESS  what they sign in with

${TOKEN_HELP}`,
  run,
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions(args, { text: ['portal', 'email', 'token-file'] })
  const portalUrl = options.required('portal', urlOption)
  const email = options.required('email', resetRequestSchema.shape.email)
  const token = await adminToken(options.value('token-file', pathOption), terminal.env)
  const { link, expiresAt } = await oneTimeLink('reset', {
    portalUrl,
    path: 'admin/resets',
    adminToken: token,
    body: { email },
  })
  terminal.out(`${email} signs in again by this link, once, until ${expiresAt}:`)
  terminal.out(link)
  return DONE
}
