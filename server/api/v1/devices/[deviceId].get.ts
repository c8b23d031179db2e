import { deviceIdField } from '../../../../shared/fields'
import { describeDevice } from '../../../services/device/describe-device'

export default apiRoute((event) =>
  describeDevice(useDeps(), paramOf(event, 'deviceId', deviceIdField)),
)
