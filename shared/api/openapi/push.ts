import { pushSubscriptionIdField } from '../push.ts'
import { body, json, operation, read, type Paths } from './operation.ts'

/** Notices on a phone about the outages of chosen areas. */
export const pushPaths: Paths = {
  '/api/v1/push/key': {
    get: operation({
      operationId: 'getPushKey',
      tag: 'outages',
      summary: 'The key by which push services know this portal; null where it sends no notices',
      answers: read('The public key', 'PushKey'),
    }),
  },
  '/api/v1/push/subscriptions': {
    post: operation({
      operationId: 'subscribe',
      tag: 'outages',
      summary: 'Notices about sustained outages of these areas; asked again, it replaces',
      body: body('PushRequest'),
      answers: { 201: json('Notices will come', 'PushSubscribed') },
      problems: ['wrong_origin', 'not_found', 'unknown_area', 'rate_limited', 'store_unavailable'],
    }),
  },
  '/api/v1/push/subscriptions/{subscriptionId}': {
    delete: operation({
      operationId: 'unsubscribe',
      tag: 'outages',
      summary: 'No more notices; the id is the SHA-256 of the endpoint',
      params: { subscriptionId: pushSubscriptionIdField },
      answers: { 204: { description: 'Nothing is kept of it' } },
      problems: ['wrong_origin', 'store_unavailable'],
    }),
  },
}
