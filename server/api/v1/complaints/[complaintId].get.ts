import { describeComplaint } from '../../../services/complaint/describe-complaint'

export default apiRoute((event) =>
  describeComplaint(useDeps(), complaintIdOf(event), { token: complaintSecretOf(event) }),
)
