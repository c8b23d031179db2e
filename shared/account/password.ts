import { CodedError } from '../coded-error.ts'

/** NIST SP 800-63B-4 §3.1.1.2: 15 where a password may be the only factor, no rule of composition, long ones taken. */
export const MIN_PASSWORD_CHARACTERS = 15
export const MAX_PASSWORD_CHARACTERS = 256
/** What must be left once everything that is guessed first is taken out. */
const MIN_OWN_CHARACTERS = 8
const MIN_DIFFERENT_CHARACTERS = 6
/** A word shorter than this says too little about a person to be taken out. */
const MIN_WORD_CHARACTERS = 3

/** What guessers put together first: the heads of the published lists, keyboard rows, and our own name. */
const COMMON = [
  ...[
    'password',
    'passwort',
    'passw0rd',
    'p@ssw0rd',
    'passphrase',
    'secret',
    'changeme',
    'default',
  ],
  ...['qwertyuiop', 'qwerty', 'asdfghjkl', 'asdfgh', 'zxcvbnm', '1q2w3e4r5t', '1qaz2wsx', 'qazwsx'],
  ...['0123456789', '1234567890', '123456789', '12345678', '123456', '1234', '987654321', '4321'],
  ...['abcdefghijklmnopqrstuvwxyz', 'abcdefgh', 'abcdef', 'abcd', 'abc123', 'abc', '123'],
  ...['letmein', 'welcome', 'iloveyou', 'admin', 'administrator', 'master', 'monkey', 'dragon'],
  ...['sunshine', 'princess', 'football', 'cricket', 'superman', 'trustno1', 'login', 'access'],
  ...[
    'gridwitness',
    'electricity',
    'power',
    'india',
    'bihar',
    'patna',
    'correcthorsebatterystaple',
  ],
]

/**
 * Throws `weak_password` for one that is too short, too long, of too few different characters, or made of common words
 * and what is known of its owner, such as name and address.
 */
export function expectGoodPassword(password: string, known: readonly string[]): void {
  const { length } = [...password.normalize('NFKC')]
  if (length < MIN_PASSWORD_CHARACTERS || length > MAX_PASSWORD_CHARACTERS) {
    throw weak(`${MIN_PASSWORD_CHARACTERS} to ${MAX_PASSWORD_CHARACTERS} characters, got ${length}`)
  }
  if (new Set(password).size < MIN_DIFFERENT_CHARACTERS) {
    throw weak(`at least ${MIN_DIFFERENT_CHARACTERS} different characters, got fewer`)
  }
  if ([...withoutCommon(password, known)].length < MIN_OWN_CHARACTERS) {
    throw weak('more than common words, rows of keys, name and address, got little else')
  }
}

function withoutCommon(password: string, known: readonly string[]): string {
  const own = known
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length >= MIN_WORD_CHARACTERS)
  const guessed = [...COMMON, ...own].sort((a, b) => b.length - a.length)
  return guessed
    .reduce((left, word) => left.replaceAll(word, ''), password.normalize('NFKC').toLowerCase())
    .replaceAll(/(.)\1{2,}/gu, '$1')
}

const weak = (expected: string) => new CodedError('weak_password', `password: expected ${expected}`)
