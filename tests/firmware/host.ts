import { spawnSync } from 'node:child_process'

export { buildHost, missingTools } from '../../firmware/host/harness/build.ts'

/** Runs a program to its end; throws with everything it said when it fails. */
export function runProgram(program: string, ...args: string[]): string {
  const ran = spawnSync(program, args, { encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(ran.stderr || ran.stdout || `ended by ${ran.signal}`)
  return ran.stdout
}
