import { areaIdField, deviceIdField } from '../../../shared/fields.ts'

/** Topics under which devices publish, docs/operating.md: every device has one of its own. */
export const TOPIC = 'power/<area_id>/<device_id>'
/** Filter for all of them. */
export const TOPIC_FILTER = 'power/+/+'

/** What a topic says of the readings under it. */
export interface TopicPlace {
  area_id: string
  device_id: string
}

/** The area and device a topic names; null for any other topic. */
export function topicPlace(topic: string): TopicPlace | null {
  const [root, area, device, ...rest] = topic.split('/')
  const area_id = areaIdField.safeParse(area)
  const device_id = deviceIdField.safeParse(device)
  if (root !== 'power' || rest.length > 0 || !area_id.success || !device_id.success) return null
  return { area_id: area_id.data, device_id: device_id.data }
}
