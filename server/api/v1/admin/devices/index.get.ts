import { adminDevicesQuery } from '../../../../../shared/api/administration'
import { listDevices } from '../../../../services/device/list-devices'

export default apiRoute(async (event) => {
  await requireAccess(event)
  return listDevices(useDeps(), queryOf(event, adminDevicesQuery))
})
