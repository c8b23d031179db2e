import { parseArgs } from 'node:util'
import { z } from 'zod'
import { messageOf } from '../shared/coded-error.ts'
import { addressField } from '../shared/fields.ts'
import { parseAs } from '../shared/parse.ts'
import { CliError } from './cli-error.ts'

interface Shape<Text extends string, Flag extends string> {
  /** Options with a value, without their dashes. */
  text: readonly Text[]
  flags?: readonly Flag[]
  /** Name of the one argument the command takes; none when absent. */
  argument?: string
}

/** The options of one command as they were typed. Values are parsed where they are asked for. */
export interface Options<Text extends string, Flag extends string> {
  has(name: Text | Flag): boolean
  /** The option's value by the schema; undefined where it was not given. Throws `usage`. */
  value<Schema extends z.ZodType>(name: Text, schema: Schema): z.output<Schema> | undefined
  /** The same; throws `usage` where it was not given. */
  required<Schema extends z.ZodType>(name: Text, schema: Schema): z.output<Schema>
  argument(): string
}

/** Reads a command line strictly: unknown, repeated or valueless options and surplus arguments are `usage` errors. */
export function readOptions<Text extends string, Flag extends string = never>(
  args: string[],
  shape: Shape<Text, Flag>,
): Options<Text, Flag> {
  const { given, words } = split(args, shape.text, shape.flags ?? [])
  const [word, surplus] = shape.argument === undefined ? [undefined, words[0]] : words
  if (surplus !== undefined)
    throw new CliError('usage', `arguments: expected no further one, got "${surplus}"`)

  const value = <Schema extends z.ZodType>(name: Text, schema: Schema) => {
    const text = given.get(name)
    return text === undefined ? undefined : asOption(name, schema, text)
  }
  return {
    has: (name) => given.has(name),
    value,
    required: (name, schema) => {
      if (!given.has(name)) throw new CliError('usage', `--${name}: expected a value, got none`)
      return asOption(name, schema, given.get(name))
    },
    argument: () => {
      if (word === undefined)
        throw new CliError('usage', `${shape.argument}: expected one, got none`)
      return word
    },
  }
}

/**
 * `parseArgs` splits; what is wrong is said here, in our words and without repeating what an unknown option carried,
 * which may be a secret. A number such as -85.7 is a value although it begins with a dash.
 */
function split(args: string[], text: readonly string[], flags: readonly string[]) {
  const { tokens } = parseArgs({
    args,
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries([
      ...text.map((name) => [name, { type: 'string' as const }] as const),
      ...flags.map((name) => [name, { type: 'boolean' as const }] as const),
    ]),
  })
  const given = new Map<string, string>()
  const words: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    if (!rawName.startsWith('--') || !(text.includes(name) || flags.includes(name))) {
      const known = [...text, ...flags].map((option) => `--${option}`).join(', ')
      throw new CliError('usage', `options: expected ${known || 'none'}, got ${rawName}`)
    }
    if (given.has(name)) throw new CliError('usage', `${rawName}: expected once, got it twice`)
    if (flags.includes(name) && value !== undefined) {
      throw new CliError('usage', `${rawName}: expected no value, got one`)
    }
    if (
      text.includes(name) &&
      (value === undefined || (!inlineValue && /^-(?:-|[a-z])/i.test(value)))
    ) {
      throw new CliError('usage', `${rawName}: expected a value, got ${value ?? 'none'}`)
    }
    given.set(name, value ?? '')
  }
  return { given, words }
}

function asOption<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  text: unknown,
): z.output<Schema> {
  try {
    return parseAs(schema, text, `--${name}`)
  } catch (cause) {
    throw new CliError('usage', messageOf(cause), { cause })
  }
}

/** A file or folder as typed. */
export const pathOption = z.string().min(1, 'expected a path')

/** An Ethereum address in any case of its letters. */
export const addressOption = z.string().toLowerCase().pipe(addressField)

/** A pattern or the name of a property. */
export const patternOption = z.string().min(1, 'expected some text')

/** An address of a server. User name and password would be shown in logs and lists of processes. */
export const urlOption = z
  .string()
  .refine(isWebUrl, 'expected an http or https URL without user name, password and fragment')

function isWebUrl(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.hash
  )
}

/** A decimal number within what `schema` allows. */
export const numberOption = <Schema extends z.ZodType<number, number>>(schema: Schema) =>
  z
    .string()
    .regex(/^-?\d+(?:\.\d+)?$/, 'expected a decimal number')
    .transform(Number)
    .pipe(schema)
