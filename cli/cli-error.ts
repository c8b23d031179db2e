import { CodedError } from '../shared/coded-error.ts'

export type CliErrorCode = 'usage' | 'unreadable' | 'unreachable' | 'refused' | 'disproved'

/** What stops a command. The message is for the person at the terminal: which, expected, got. */
export class CliError extends CodedError<CliErrorCode> {}

export const DONE = 0
export const DISPROVED = 1
export const NOT_CHECKED = 2
export type ExitCode = typeof DONE | typeof DISPROVED | typeof NOT_CHECKED

/** A refusal is an answer (1); everything else left the question open (2). */
export const exitCodeOf = (error: unknown): ExitCode =>
  error instanceof CliError && (error.code === 'refused' || error.code === 'disproved')
    ? DISPROVED
    : NOT_CHECKED
