import { sha256, toHex } from '../../shared/bytes.ts'
import { messageOf } from '../../shared/coded-error.ts'
import {
  firmwareTargetField,
  firmwareVersionField,
  imagePath,
  readManifest,
  sealManifest,
} from '../../shared/device-message/index.ts'
import { CliError, DONE, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { keepFile } from '../keep-file.ts'
import { numberOption, pathOption, readOptions } from '../options.ts'
import { lastMessage, nextVersion } from '../provision/last-message.ts'
import { builtIn, OPERATOR_KEY_HELP, operatorKey } from '../provision/operator-key.ts'
import { readInput } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'

export const firmwareSign: Command = {
  summary: "sign the manifest of a firmware image with the operator's key",
  synopsis: 'FILE.bin --target ID --version N --key FILE --out FILE',
  help: `Makes the manifest by which devices know an image: its size, hash, version and the boards it is for. Nothing is sent anywhere.

  FILE.bin      the image as the build made it, at most 1.5 MB; where secure boot is on, signed for that before
  --target ID   the boards it is for, as GW_FIRMWARE_TARGET of the firmware's menu names them: 1 to 31 of a–z, 0–9 and -
  --version N   secure version of the image (CONFIG_BOOTLOADER_APP_SECURE_VERSION): devices take only what is above their own
${OPERATOR_KEY_HELP}
  --out FILE    where the manifest goes. What stands there is the last one for this target: the version has to be above its

Exit code: 0 signed, 2 wrong usage or unreadable files.`,
  run,
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions(args, {
    text: ['target', 'version', 'key', 'out'],
    argument: 'FILE.bin',
  })
  const file = options.argument()
  const out = options.required('out', pathOption)
  const target = options.required('target', firmwareTargetField)
  const asked = options.required('version', numberOption(firmwareVersionField))
  const key = await operatorKey(options.required('key', pathOption))
  const last = await lastMessage(out, key, readManifest)
  if (last && last.target !== target) {
    throw new CliError('usage', `--out: expected a file of target ${target}, got ${last.target}`)
  }
  const version = nextVersion(asked, last?.version)
  const image = await readInput(file)
  const digest = toHex(sha256(image))
  const path = imagePath(digest)
  try {
    const manifest = sealManifest(
      { version, size: image.length, sha256: digest, path, target },
      key,
    )
    await keepFile(out, [manifest])
  } catch (cause) {
    throw new CliError('unreadable', `${messageOf(cause)} (of ${file})`, { cause })
  }
  terminal.out(`version ${version} for ${target}, ${image.length} bytes, signed by ${builtIn(key)}`)
  terminal.out(`image ${digest}`)
  return DONE
}
