import { z } from 'zod'

/** What an account may do; `server/services/account/authorise.ts` says it route by route. */
export const ROLES = ['admin', 'official', 'auditor'] as const
export const roleField = z.enum(ROLES)
export type Role = z.infer<typeof roleField>

export const accountIdField = z.string().regex(/^a-[a-z2-7]{16}$/, 'expected a- and 16 of a–z, 2–7')

/** Who acts, as logs and ledger name them: no name of a person. */
export const pseudonymField = z
  .string()
  .regex(/^[a-z0-9][a-z0-9:_-]{0,39}$/, 'expected a pseudonym of a–z, 0–9, :, _ and -')
