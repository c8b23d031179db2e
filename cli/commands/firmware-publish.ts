import { sha256, toHex } from '../../shared/bytes.ts'
import { messageOf } from '../../shared/coded-error.ts'
import { readManifest } from '../../shared/device-message/index.ts'
import { adminToken, TOKEN_HELP } from '../admin-token.ts'
import { CliError, DONE, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { pathOption, readOptions, urlOption } from '../options.ts'
import { askPortal } from '../portal.ts'
import { readInput } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'

export const firmwarePublish: Command = {
  summary: 'put a signed firmware image on a portal, where devices load it',
  synopsis: '--portal URL --image FILE.bin --manifest FILE [--token-file FILE]',
  help: `Sends the image, then the manifest that gridwitness firmware sign made of it. Cut short or repeated, nothing is lost.

Devices of the manifest's target ask for it once a day, and judge it themselves: a portal can keep an image from them, not give them another.
${TOKEN_HELP}`,
  run,
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions(args, { text: ['portal', 'image', 'manifest', 'token-file'] })
  const portalUrl = options.required('portal', urlOption)
  const imageFile = options.required('image', pathOption)
  const manifestFile = options.required('manifest', pathOption)
  const message = await readInput(manifestFile)
  const image = await readInput(imageFile)
  const manifest = manifestIn(message, manifestFile)
  const digest = toHex(sha256(image))
  if (manifest.sha256 !== digest || manifest.size !== image.length) {
    throw new CliError(
      'usage',
      `--manifest: expected the one of this image (${digest}, ${image.length} bytes), got one of ${manifest.sha256}, ${manifest.size} bytes`,
    )
  }
  const token = await adminToken(options.value('token-file', pathOption), terminal.env)
  const put = (path: string, type: string, bytes: Uint8Array<ArrayBuffer>) =>
    askPortal({ portalUrl, method: 'PUT', path, adminToken: token, raw: { type, bytes } })
  await put(`admin/firmware/images/${digest}`, 'application/octet-stream', new Uint8Array(image))
  terminal.out(`image ${digest}, ${image.length} bytes`)
  await put(
    `admin/firmware/${manifest.target}/manifest`,
    'application/cose',
    new Uint8Array(message),
  )
  terminal.out(`version ${manifest.version} for ${manifest.target} is published`)
  return DONE
}

function manifestIn(message: Uint8Array, file: string) {
  try {
    return readManifest(message)
  } catch (cause) {
    throw new CliError('unreadable', `${messageOf(cause)} (in ${file})`, { cause })
  }
}
