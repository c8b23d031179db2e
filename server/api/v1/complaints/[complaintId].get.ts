import { describeComplaint } from '../../../services/describe-complaint'

export default apiRoute((event) =>
  describeComplaint(useDeps(), complaintIdOf(event), { token: complaintSecretOf(event) }),
)
