import { existsSync } from 'node:fs'
import encodeQR from 'qr'
import { z } from 'zod'
import { messageOf } from '../../shared/coded-error.ts'
import { labelOf, readLabel, type DeviceIdentity } from '../../shared/provisioning/index.ts'
import { CliError, DONE, type ExitCode } from '../cli-error.ts'
import { printLines, type Command } from '../command.ts'
import { deviceIdOption, enrolmentFrom, FACT_OPTIONS, publicKeyOption } from '../device-options.ts'
import { keepFile } from '../keep-file.ts'
import { pathOption, readOptions, type Options } from '../options.ts'
import { askForAnswer, checkAnswer, nonceOption, signatureOption } from '../provision/challenge.ts'
import { checkCertificates } from '../provision/certificates.ts'
import { withDevice } from '../provision/device-csv.ts'
import { readInput } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'

const IDENTITY = ['label', 'device-id', 'public-key'] as const
const ANSWER = ['nonce', 'signature'] as const
const CERTIFICATES = ['certificate', 'signer', 'root'] as const
const TEXT = [...IDENTITY, ...ANSWER, ...CERTIFICATES, 'out', ...FACT_OPTIONS] as const
type Given = Options<(typeof TEXT)[number], 'qr'>

const WORD_COLUMNS = 12

export const deviceProvision: Command = {
  summary: 'check a new secure element and prepare its enrolment',
  synopsis: `(--device-id HEX --public-key HEX | --label TEXT) [--nonce HEX --signature HEX]
         [--certificate FILE --signer FILE --root FILE] [--qr]
         [--out FILE.csv --stage S --customers N [--area ID] (--latitude N --longitude N | --location-commitment HASH)]`,
  help: `Checks that the secure element at the bench holds the key it is to be enrolled with. Prints a challenge and reads the chip's
signature of it from standard input. Nothing secret leaves the chip, and nothing is sent anywhere.

  --device-id HEX      its serial number, 18 upper-case hex digits
  --public-key HEX     its P-256 key: 04 and 128 lower-case hex digits
  --label TEXT         both, as the QR code has them
  --nonce, --signature a challenge you made yourself, 32 random bytes used once, and its answer
  --certificate FILE   the device's certificate of Microchip, with its --signer and the --root you trust; PEM or DER
  --out FILE.csv       adds the device to the file for gridwitness device enrol --file
  --qr                 prints the label as a QR code

What is signed and what a chain must say: docs/formats/provisioning.md.
Exit code: 0 it is what it says, 1 it is not, 2 wrong usage or unreadable files.`,
  run,
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options: Given = readOptions(args, { text: TEXT, flags: ['qr'] })
  const identity = identityFrom(options)
  const out = options.value('out', csvOption)
  // What is missing or in the way is told before anybody signs anything.
  const file = out === undefined ? undefined : { out, text: await fileWith(out, options, identity) }
  await checkChain(options, identity, terminal)
  checkAnswer(identity, answerFrom(options) ?? (await askForAnswer(identity, terminal)))
  proved(terminal, 'challenge', `${identity.device_id} holds the key ${identity.public_key}.`)
  if (file) {
    await keepFile(file.out, file.text)
    terminal.out(`added to ${file.out}`)
  }
  if (options.has('qr')) {
    const label = labelOf(identity)
    printLines(terminal.out, encodeQR(label, 'ascii').trimEnd())
    terminal.out(label)
  }
  return DONE
}

const csvOption = z.string().regex(/.\.csv$/i, 'expected a name ending in .csv')

function identityFrom(options: Given): DeviceIdentity {
  const label = options.value('label', z.string())
  if (label === undefined) {
    return {
      device_id: options.required('device-id', deviceIdOption),
      public_key: options.required('public-key', publicKeyOption),
    }
  }
  if (options.has('device-id') || options.has('public-key'))
    throw new CliError('usage', '--label: expected neither --device-id nor --public-key beside it')
  try {
    return readLabel(label)
  } catch (cause) {
    throw new CliError('usage', messageOf(cause), { cause })
  }
}

async function fileWith(out: string, options: Given, identity: DeviceIdentity): Promise<string> {
  const before = existsSync(out) ? await readInput(out) : undefined
  return withDevice(out, before, enrolmentFrom(options, identity))
}

function answerFrom(options: Given) {
  if (!ANSWER.some((name) => options.has(name))) return undefined
  return {
    nonce: options.required('nonce', nonceOption),
    signature: options.required('signature', signatureOption),
  }
}

async function checkChain(
  options: Given,
  identity: DeviceIdentity,
  terminal: Terminal,
): Promise<void> {
  if (!CERTIFICATES.some((name) => options.has(name))) {
    terminal.out(
      { text: '– ', style: 'yellow' },
      'certificate'.padEnd(WORD_COLUMNS),
      'Not checked: none was given.',
    )
    return
  }
  const [device, signer, root] = await Promise.all(
    CERTIFICATES.map((name) => readInput(options.required(name, pathOption))),
  )
  if (!device || !signer || !root) throw new Error('certificates: expected three')
  const { root: fingerprint } = checkCertificates({ device, signer, root }, identity, new Date())
  proved(terminal, 'certificate', `The root you gave (SHA-256 ${fingerprint}) vouches for it.`)
}

function proved(terminal: Terminal, word: string, text: string): void {
  terminal.out({ text: '✓ ', style: 'green' }, word.padEnd(WORD_COLUMNS), text)
}
