import { timelineQuery } from '../../../../../shared/api/timeline'
import { deviceIdField } from '../../../../../shared/fields'
import { deviceTimeline } from '../../../../services/device/device-timeline'

export default apiRoute((event) =>
  deviceTimeline(
    useDeps(),
    paramOf(event, 'deviceId', deviceIdField),
    queryOf(event, timelineQuery),
  ),
)
