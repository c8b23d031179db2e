import { messageOf } from '../shared/coded-error.ts'
import { CliError, DONE, exitCodeOf, NOT_CHECKED, type ExitCode } from './cli-error.ts'
import type { Terminal } from './terminal.ts'

export interface Command {
  /** One line for the list of commands. */
  summary: string
  /** What follows the command's name, as a person would type it. */
  synopsis: string
  /** What `--help` says below the synopsis. */
  help: string
  run(args: string[], terminal: Terminal): Promise<ExitCode>
}

export interface CommandGroup {
  summary: string
  commands: Record<string, Command | CommandGroup>
}

/** Finds the command in the arguments and runs it; prints help and errors. Never throws. */
export async function runCommand(
  node: Command | CommandGroup,
  args: string[],
  terminal: Terminal,
  name = 'gridwitness',
): Promise<ExitCode> {
  if ('run' in node) return runLeaf(node, name, args, terminal)
  const [word, ...rest] = args
  if (word === '--help' || word === '-h') {
    printLines(terminal.out, groupHelp(node, name))
    return DONE
  }
  const next =
    word !== undefined && Object.hasOwn(node.commands, word) ? node.commands[word] : undefined
  if (next && word !== undefined) return runCommand(next, rest, terminal, `${name} ${word}`)
  const known = Object.keys(node.commands).join(', ')
  terminal.err(
    `${name}: command: expected one of ${known}, got ${word === undefined ? 'none' : `"${word}"`}`,
  )
  terminal.err('')
  printLines(terminal.err, groupHelp(node, name))
  return NOT_CHECKED
}

async function runLeaf(
  command: Command,
  name: string,
  args: string[],
  terminal: Terminal,
): Promise<ExitCode> {
  if (args.includes('--help') || args.includes('-h')) {
    printLines(terminal.out, `usage: ${name} ${command.synopsis}\n\n${command.help}`)
    return DONE
  }
  try {
    return await command.run(args, terminal)
  } catch (error) {
    terminal.err(`${name}: ${messageOf(error)}`)
    if (error instanceof CliError && error.code === 'usage') {
      terminal.err('')
      printLines(terminal.err, `usage: ${name} ${command.synopsis}\n${name} --help says more`)
    }
    return exitCodeOf(error)
  }
}

const NAME_COLUMNS = 12

function groupHelp({ summary, commands }: CommandGroup, name: string): string {
  const list = Object.entries(commands).map(
    ([word, node]) => `  ${word.padEnd(NAME_COLUMNS)} ${node.summary}`,
  )
  return `usage: ${name} <command> …\n\n${summary}\n\n${list.join('\n')}\n\n${name} <command> --help says more`
}

/** Prints a text of several lines. */
export function printLines(print: Terminal['out'], text: string): void {
  for (const line of text.split('\n')) print(line)
}
