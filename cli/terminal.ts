import { styleText } from 'node:util'

export type Style = 'green' | 'yellow' | 'red' | 'dim' | 'bold'
export type Piece = string | { text: string; style: Style }

/** What a command sees of the terminal it was started from. */
export interface Terminal {
  /** Prints one line to standard output. */
  out(...pieces: Piece[]): void
  /** Prints one line to standard error. */
  err(...pieces: Piece[]): void
  /** Shows how far a command is, in one line that the next one replaces; only where a person looks. Empty takes it away. */
  progress(text: string): void
  stdin: AsyncIterable<Uint8Array>
  env: Readonly<Record<string, string | undefined>>
}

interface Sink {
  isTTY?: boolean | undefined
  write(text: string): unknown
}

/** Carriage return, then EL (ECMA-48 §8.3.41). */
const ERASE_LINE = '\r\u001b[K'

/** A terminal over two streams; colours only where a person looks, and never against NO_COLOR (no-color.org). */
export function terminalOver(
  stdout: Sink,
  stderr: Sink,
  stdin: AsyncIterable<Uint8Array>,
  env: Terminal['env'],
): Terminal {
  const printTo =
    (sink: Sink) =>
    (...pieces: Piece[]) => {
      const isColoured = sink.isTTY === true && !env['NO_COLOR']
      sink.write(`${pieces.map((piece) => painted(piece, isColoured)).join('')}\n`)
    }
  const progress = (text: string) => {
    if (stderr.isTTY === true) stderr.write(`${ERASE_LINE}${printable(text)}`)
  }
  return { out: printTo(stdout), err: printTo(stderr), progress, stdin, env }
}

function painted(piece: Piece, isColoured: boolean): string {
  if (typeof piece === 'string') return printable(piece)
  const text = printable(piece.text)
  return isColoured ? styleText(piece.style, text, { validateStream: false }) : text
}

/** Line breaks, control characters (C0, DEL, C1), and marks that reorder or break text. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu
const UNIT_HEX = 4

/**
 * Text from a file or a server as one line that can neither steer the terminal nor forge a line of ours. The escapes
 * are JSON's own, so that a line of JSON keeps its meaning.
 */
const printable = (text: string): string =>
  text.replaceAll(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(UNIT_HEX, '0')}`,
  )
