import { Schema, type Connection } from 'mongoose'

/** Where notices about areas go. Nothing personal beyond the endpoint. */
export interface PushSubscriptionRow {
  /** SHA-256 of the endpoint, hex. */
  _id: string
  endpoint: string
  p256dh: string
  auth: string
  area_ids: string[]
  language: 'en' | 'hi'
  /** When the latest notices went out, the newest last. */
  told_at: Date[]
}

const schema = new Schema<PushSubscriptionRow>(
  {
    _id: { type: String, required: true },
    endpoint: { type: String, required: true },
    p256dh: { type: String, required: true },
    auth: { type: String, required: true },
    area_ids: { type: [String], required: true },
    language: { type: String, required: true },
    told_at: { type: [Date], required: true },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ area_ids: 1 })

export const pushSubscriptionModel = (connection: Connection) =>
  connection.model<PushSubscriptionRow>('PushSubscription', schema, 'push_subscriptions')
