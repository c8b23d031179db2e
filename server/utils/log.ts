import { format } from 'node:util'

/**
 * What the server tells its operator: one line an event, as JSON or for people. No line holds a path, a query, an address, a
 * name of a browser, a body or the words of an unforeseen error: any of them may be about a person.
 */

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export const LOG_FORMATS = ['text', 'json'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
type LogFormat = (typeof LOG_FORMATS)[number]

export type LogFields = Record<
  string,
  string | number | boolean | null | undefined | readonly string[]
>

interface LogSettings {
  level: LogLevel
  format: LogFormat
}

/** Lines of no urgency wait this long, so that many of them cost one write. */
const FLUSH_MS = 200
const FLUSH_CHARACTERS = 64 * 1024
const FRAMES = 8
const MAX_WORDS = 500

let settings: LogSettings = { level: 'info', format: 'text' }
let onLine: (level: LogLevel) => void = () => {}
let waiting = ''
let timer: NodeJS.Timeout | null = null

function flush(): void {
  if (timer) clearTimeout(timer)
  timer = null
  if (waiting === '') return
  const text = waiting
  waiting = ''
  process.stdout.write(text)
}

/** Whether lines of this level are written: asked before one is put together on a busy road. */
export const isLogged = (level: LogLevel): boolean =>
  LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(settings.level)

/** Writes one line. Warnings and errors are written at once, the others within 200 ms and when the process ends. */
export function log(level: LogLevel, message: string, fields: LogFields = {}): void {
  onLine(level)
  if (!isLogged(level)) return
  const time = new Date().toISOString()
  waiting +=
    settings.format === 'json'
      ? `${JSON.stringify({ level, time, message, ...fields })}\n`
      : `${time} ${level.padEnd(5)} ${message}${asWords(fields)}\n`
  if (level === 'warn' || level === 'error' || waiting.length > FLUSH_CHARACTERS) flush()
  else timer ??= setTimeout(flush, FLUSH_MS).unref()
}

const asWords = (fields: LogFields): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${Array.isArray(value) ? value.join(' < ') : String(value)}`)
    .join('')

/** What may be told of any error: its name, its code and where it came from; its words only at level `debug`. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error }
  return {
    error: error.name,
    error_code: 'code' in error ? String(error.code).slice(0, 40) : undefined,
    error_words: isLogged('debug') ? error.message.slice(0, MAX_WORDS) : undefined,
    frames: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, FRAMES)
      .map((line) => line.trim()),
  }
}

/** An address may hold a key or a person's path: its origin is told alone. */
const withoutPaths = (text: string): string =>
  text.replaceAll(/\b([a-z][a-z0-9+.-]*):\/\/[^\s"'<>]+/gi, (url) => originOf(url))

function originOf(text: string): string {
  const url = URL.parse(text)
  return url ? `${url.protocol}//${url.host}` : '(an address)'
}

/** Nitro tells of failed requests with their whole address; the line of the request says what may be said. */
const TOLD_ELSEWHERE = '[request error]'

/** What libraries print: their words without addresses, their errors as `errorFields` tells them. */
function foreign(level: LogLevel, args: readonly unknown[]): void {
  const [first] = args
  if (typeof first === 'string' && first.startsWith(TOLD_ELSEWHERE)) return
  const error = args.find((arg) => arg instanceof Error)
  const words = args.filter((arg) => !(arg instanceof Error))
  const message = withoutPaths(format(...words)).trim() || 'an error'
  log(level, message, error ? errorFields(error) : {})
}

/**
 * Begins the log: from now on all that is printed goes through it, libraries' words included. Values that are not of the
 * lists above are as if not given: the configuration names them. `count` hears of every line.
 */
export function openLog(
  environment: Record<string, string | undefined>,
  count: (level: LogLevel) => void,
): void {
  settings = {
    level: LOG_LEVELS.find((level) => level === environment.NUXT_LOG_LEVEL) ?? 'info',
    format: LOG_FORMATS.find((format) => format === environment.NUXT_LOG_FORMAT) ?? 'text',
  }
  onLine = count
  // Who reads the log may leave: the portal goes on without.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  process.on('exit', flush)
  Object.assign(console, {
    debug: (...args: unknown[]) => foreign('debug', args),
    trace: (...args: unknown[]) => foreign('debug', args),
    log: (...args: unknown[]) => foreign('info', args),
    info: (...args: unknown[]) => foreign('info', args),
    warn: (...args: unknown[]) => foreign('warn', args),
    error: (...args: unknown[]) => foreign('error', args),
  })
}
