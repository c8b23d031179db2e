import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

/** Cost of one hash (RFC 9106): memory in KiB, passes over it. */
export interface PasswordCost {
  memoryKib: number
  passes: number
}

/** What OWASP's Password Storage Cheat Sheet recommends for argon2id with one thread. */
export const OWASP_COST: PasswordCost = { memoryKib: 19_456, passes: 2 }

/** Keeps passwords as argon2id in PHC format. */
export interface Passwords {
  hash(password: string): Promise<string>
  /** False too where there is no hash; that takes as long as a wrong password does. */
  matches(password: string, hash: string | null): Promise<boolean>
}

export function passwords({ memoryKib, passes }: PasswordCost): Passwords {
  // The default algorithm of the library is argon2id.
  const options = { memoryCost: memoryKib, timeCost: passes, parallelism: 1 }
  const hashOf = (password: string) => hash(normalised(password), options)
  const nobodys = hashOf(randomBytes(16).toString('hex'))
  return {
    hash: hashOf,
    async matches(password, known) {
      const isRight = await verify(known ?? (await nobodys), normalised(password))
      return isRight && known !== null
    },
  }
}

/** The same characters typed on another keyboard are the same password (NIST SP 800-63B §3.1.1.2). */
const normalised = (password: string): string => password.normalize('NFKC')
