import { randomBytes } from 'node:crypto'
import { toBase64url, toHex } from '../../shared/bytes.ts'
import { commit, SALT_BYTES } from '../../shared/commitment/index.ts'
import { DONE, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { latitudeOption, longitudeOption } from '../device-options.ts'
import { readOptions } from '../options.ts'
import type { Terminal } from '../terminal.ts'

/** About a metre; the value is written with exactly as many, so that it can be typed again. */
const DECIMALS = 5

const isShort = (degrees: number) => Number(degrees.toFixed(DECIMALS)) === degrees
const SHORT = `expected at most ${DECIMALS} decimals`

export const deviceCommit: Command = {
  summary: 'commit to the place of a home without telling it',
  synopsis: '--latitude N --longitude N',
  help: `Makes a fresh location commitment (SHA-256 of 16 random bytes and "<lat>,<lon>" with ${DECIMALS} decimals) for
"gridwitness device enrol --location-commitment". Nothing is sent anywhere and nothing is stored.
Exit code: 0 done, 2 wrong usage.`,
  run,
}

async function run(args: string[], { out }: Terminal): Promise<ExitCode> {
  const options = readOptions(args, { text: ['latitude', 'longitude'] })
  const latitude = options.required('latitude', latitudeOption.refine(isShort, SHORT))
  const longitude = options.required('longitude', longitudeOption.refine(isShort, SHORT))
  const salt = new Uint8Array(randomBytes(SALT_BYTES))
  const value = `${latitude.toFixed(DECIMALS)},${longitude.toFixed(DECIMALS)}`
  out(`commitment  ${toHex(commit(salt, value))}`)
  out(`salt        ${toBase64url(salt)}`)
  out(`value       ${value}`)
  out('')
  out(
    'The commitment may be public. Keep salt and value private and together: whoever has both can show where the',
  )
  out('device hangs, and once the salt is erased nobody can, you included.')
  return DONE
}
