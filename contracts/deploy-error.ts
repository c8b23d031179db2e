import { CodedError } from '../shared/coded-error.ts'

export type DeployErrorCode =
  | 'malformed_option'
  | 'malformed_deployment_file'
  | 'chain_unreachable'
  | 'contract_absent'
  | 'contract_different'
  | 'roles_different'
  | 'out_of_funds'
  | 'deployment_failed'

export class DeployError extends CodedError<DeployErrorCode> {}
