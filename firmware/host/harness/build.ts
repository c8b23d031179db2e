import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const HOST = resolve(import.meta.dirname, '..')
const OUT = resolve(HOST, '../../.data/firmware')

/**
 * Compiles a host program of firmware/host/Makefile where its sources changed, and gives its path. Needs `make` and a C
 * compiler; throws what they said.
 */
export async function buildHost(
  target: 'device' | 'uplink-alone',
  out: string = join(OUT, target),
): Promise<string> {
  await promisify(execFile)('make', ['-C', HOST, `OUT=${out}`, target])
  return join(out, target)
}
