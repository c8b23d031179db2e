import { messageOf } from '../../shared/coded-error.ts'
import { toHex } from '../../shared/bytes.ts'
import {
  readSettings,
  sealSettings,
  settingsVersionField,
  writtenSettingsSchema,
} from '../../shared/device-message/index.ts'
import { parseJson } from '../../shared/json.ts'
import { parseAs } from '../../shared/parse.ts'
import { CliError, DONE, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { keepFile } from '../keep-file.ts'
import { numberOption, pathOption, readOptions } from '../options.ts'
import { lastMessage, nextVersion } from '../provision/last-message.ts'
import { builtIn, OPERATOR_KEY_HELP, operatorKey } from '../provision/operator-key.ts'
import { readInput } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'

export const deviceSettingsSign: Command = {
  summary: "sign a device's settings with the operator's key",
  synopsis: 'FILE.json --key FILE --out FILE [--version N]',
  help: `Makes the message that a device takes over when it is typed at its console. Nothing is sent anywhere.

  FILE.json     the settings: members of docs/formats/device-messages.md by their names, without version;
                heartbeat_s (900), declare_ms (2000), spread_s (30), meter ("none") and port (443) may be left out
${OPERATOR_KEY_HELP}
  --out FILE    where the message goes. What stands there is the last one for this device, and counts the versions
  --version N   above the last one; without it, one above (1 for a new file). A device refuses what is not above its own

The message is signed, not encrypted: passwords in it can be read by whoever has the file.
Exit code: 0 signed, 2 wrong usage or unreadable files.`,
  run,
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions(args, { text: ['key', 'out', 'version'], argument: 'FILE.json' })
  const file = options.argument()
  const out = options.required('out', pathOption)
  const asked = options.value('version', numberOption(settingsVersionField))
  const key = await operatorKey(options.required('key', pathOption))
  const last = await lastMessage(out, key, readSettings)
  const version = nextVersion(asked, last?.version)
  const settings = await settingsIn(file)
  if (last && last.device_id !== settings.device_id) {
    throw new CliError(
      'usage',
      `--out: expected a file of device ${settings.device_id}, got one of ${last.device_id}`,
    )
  }
  const message = asFileOf(file, () => sealSettings({ ...settings, version }, key))
  await keepFile(out, [message])
  terminal.out(`version ${version} for device ${settings.device_id}, signed by ${builtIn(key)}`)
  terminal.out("At the device's console:")
  terminal.out(`settings ${toHex(message)}`)
  return DONE
}

async function settingsIn(file: string) {
  const bytes = await readInput(file)
  return asFileOf(file, () => parseAs(writtenSettingsSchema, parseJson(bytes), 'settings'))
}

function asFileOf<T>(file: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    throw new CliError('unreadable', `${messageOf(cause)} (in ${file})`, { cause })
  }
}
