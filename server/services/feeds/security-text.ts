import type { Deps } from '../deps.ts'

const DAY_MS = 86_400_000
/** Shorter than the year RFC 9116 §2.5.5 allows: whoever keeps a copy looks again. */
const VALID_DAYS = 180

/** RFC 9116 §2.5.3 wants an address with its scheme, and of the web only what is encrypted. */
const contactUri = (contact: string): string | null =>
  /^(?:mailto:|https:|tel:)/i.test(contact)
    ? contact
    : /^[^\s@:/]+@[^\s@]+$/.test(contact)
      ? `mailto:${contact}`
      : null

/** `/.well-known/security.txt`, RFC 9116; null without an address by which the operator is reached. */
export function securityText(
  { clock }: Pick<Deps, 'clock'>,
  { contact, origin }: { contact: string; origin: string | null },
): string | null {
  const uri = contactUri(contact.trim())
  if (uri === null) return null
  const expires = new Date(clock.now().getTime() + VALID_DAYS * DAY_MS).toISOString().slice(0, 10)
  return [
    `Contact: ${uri}`,
    `Expires: ${expires}T00:00:00Z`,
    'Preferred-Languages: en, hi',
    ...(origin === null ? [] : [`Canonical: ${origin}/.well-known/security.txt`]),
    '',
  ].join('\n')
}
