import { personInvitationSchema } from '../../shared/api/accounts.ts'
import { adminToken, TOKEN_HELP } from '../admin-token.ts'
import { DONE, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { oneTimeLink } from '../one-time-link.ts'
import { pathOption, readOptions, urlOption } from '../options.ts'
import type { Terminal } from '../terminal.ts'

export const adminCreate: Command = {
  summary: 'invite an administrator, the first one too',
  synopsis: '--portal URL --email ADDRESS --name TEXT [--token-file FILE]',
  help: `Makes a one-time link by which someone becomes an administrator: there they choose a password and set up a second
factor. The portal sends no mail; hand the link over yourself. Whoever opens it first gets the account.

  --email ADDRESS  what they will sign in with
  --name TEXT      what people call them; shown to administrators and auditors only

${TOKEN_HELP}`,
  run,
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions(args, { text: ['portal', 'email', 'name', 'token-file'] })
  const portalUrl = options.required('portal', urlOption)
  const { email, name } = personInvitationSchema.shape
  const invitation = {
    email: options.required('email', email),
    name: options.required('name', name),
    role: 'admin',
    areas: [],
  }
  const token = await adminToken(options.value('token-file', pathOption), terminal.env)
  const { link, expiresAt } = await oneTimeLink('invitation', {
    portalUrl,
    path: 'admin/people',
    adminToken: token,
    body: invitation,
  })
  terminal.out(
    `${invitation.email} becomes an administrator by this link, once, until ${expiresAt}:`,
  )
  terminal.out(link)
  return DONE
}
