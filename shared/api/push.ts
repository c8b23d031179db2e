import { z } from 'zod'
import { areaIdField, hashField } from '../fields.ts'

/** An endpoint is an address nobody can guess: who knows it may have its notices stopped. */
const MAX_ENDPOINT = 1000
export const MAX_PUSH_AREAS = 20

/** Base64url without padding of so many bytes. */
const bytesField = (characters: number) =>
  z
    .string()
    .regex(new RegExp(`^[A-Za-z0-9_-]{${characters}}$`), `expected ${characters} of base64url`)

/** `POST /push/subscriptions`: what the browser's `PushSubscription` says, and what it is for. Said again, it replaces. */
export const pushRequestSchema = z.strictObject({
  endpoint: z.url({ protocol: /^https$/, error: 'expected an https URL' }).max(MAX_ENDPOINT),
  keys: z.strictObject({
    /** Uncompressed point of P-256, 65 bytes (RFC 8291 §2). */
    p256dh: bytesField(87),
    /** 16 bytes (RFC 8291 §2). */
    auth: bytesField(22),
  }),
  area_ids: z.array(areaIdField).min(1).max(MAX_PUSH_AREAS),
  language: z.enum(['en', 'hi']),
})
export type PushRequest = z.infer<typeof pushRequestSchema>

/** SHA-256 of the endpoint, in lowercase hex. */
export const pushSubscriptionIdField = hashField

export const pushSubscribedSchema = z.strictObject({
  subscription_id: pushSubscriptionIdField,
  area_ids: z.array(areaIdField),
})
export type PushSubscribed = z.infer<typeof pushSubscribedSchema>

/** `GET /push/key`: what a browser asks its push service for, in base64url (RFC 8292 §3.2); null where no notices are sent. */
export const pushKeySchema = z.strictObject({ public_key: bytesField(87).nullable() })
export type PushKey = z.infer<typeof pushKeySchema>

/** What a notice says, as the service worker gets it. */
export interface PushNotice {
  title: string
  body: string
  /** Of the page to open. */
  path: string
  /** A later notice with the same tag takes the place of this one. */
  tag: string
  /** Label of the button that stops the notices. */
  stop: string
}
