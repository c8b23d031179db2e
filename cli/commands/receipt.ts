import { ledgerSchema } from '../../shared/api/ledger.ts'
import { CodedError, messageOf } from '../../shared/coded-error.ts'
import { parseJson } from '../../shared/json.ts'
import { verifyReceipt, type Receipt } from '../../shared/receipt/index.ts'
import { CliError, DONE, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { readOptions, urlOption } from '../options.ts'
import { askPortalFor } from '../portal.ts'
import { readInput } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'

export const receipt: Command = {
  summary: "check a receipt's signature and say what it promises",
  synopsis: '<file|-> [--portal URL]',
  help: `A receipt is the portal's signed promise that a record will be anchored in time. A record that is in no anchored
batch by then was withheld, and the receipt proves it.

  --portal URL  compare the key that signed with the one the portal publishes

Exit code: 0 the signature holds, 1 it does not (or another key than the portal's signed), 2 could not check: the file
cannot be read as a receipt, or the portal did not answer.`,
  run,
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions(args, { text: ['portal'], argument: '<file>' })
  const file = options.argument()
  const portalUrl = options.value('portal', urlOption)
  const found = checked(await readInput(file, terminal.stdin))
  terminal.out({ text: '✓', style: 'green' }, ` signature  ${found.log_key} signed this receipt.`)
  await compareKey(terminal, found, portalUrl)
  terminal.out('')
  terminal.out(`Received ${found.received_at}: record ${found.leaf_hash} of area ${found.area_id}.`)
  terminal.out(`Promised: it is in an anchored batch by ${found.promise_by}.`)
  return DONE
}

function checked(bytes: Uint8Array): Receipt {
  try {
    return verifyReceipt(parseJson(bytes))
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause
    if (cause.code === 'malformed')
      throw new CliError('unreadable', `not a receipt: ${messageOf(cause)}`, { cause })
    throw new CliError('disproved', messageOf(cause), { cause })
  }
}

async function compareKey(
  { out }: Terminal,
  { log_key }: Receipt,
  portalUrl: string | undefined,
): Promise<void> {
  if (portalUrl === undefined) {
    out(
      { text: '–', style: 'yellow' },
      " log key    Not compared with the portal's: give --portal URL.",
    )
    return
  }
  const ledger = await askPortalFor(ledgerSchema, { portalUrl, method: 'GET', path: 'ledger' })
  if (ledger.log_key !== log_key) {
    throw new CliError(
      'disproved',
      `log_key: expected the portal's ${ledger.log_key}, got ${log_key}`,
    )
  }
  out({ text: '✓', style: 'green' }, ` log key    It is the key that ${portalUrl} publishes.`)
}
