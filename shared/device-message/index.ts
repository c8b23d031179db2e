/** What the operator signs for devices; docs/formats/device-messages.md. */
export { verifyMessage, type OperatorKey } from './envelope.ts'
export {
  firmwareTargetField,
  firmwareVersionField,
  imagePath,
  MAX_IMAGE_BYTES,
  MAX_MANIFEST_BYTES,
  readManifest,
  sealManifest,
} from './firmware.ts'
export {
  readSettings,
  sealSettings,
  settingsVersionField,
  writtenSettingsSchema,
} from './settings.ts'
