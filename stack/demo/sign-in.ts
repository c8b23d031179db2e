import { relative } from 'node:path'
import { shellWord } from './check-yourself.ts'
import type { RunningPortal } from './start-everything.ts'

/** The command that invites an administrator: it prints a one-time link. */
export function signInCommand({
  portal,
  tokenFile,
}: Pick<RunningPortal, 'tokenFile'> & { portal: { url: string } }): string {
  const file = shellWord(relative(process.cwd(), tokenFile))
  return (
    `npm run --silent gridwitness -- admin create --portal ${portal.url} --token-file ${file} ` +
    '--email you@example.org --name You'
  )
}
