#include "gw/ota.h"

#include "gw/envelope.h"
#include "gw/sha256.h"

#include <string.h>

#define KV_PROGRESS "ota" /* SHA-256 of the image, then the offset, 4 bytes little-endian */
#define PROGRESS_BYTES (GW_HASH_BYTES + 4u)
#define READ_BYTES 256u
#define SECTOR_BYTES 4096u /* loading resumes at the beginning of a flash sector */

/* Keys of the payload map, docs/formats/device-messages.md; 1 is the type. */
enum key { KEY_VERSION = 2, KEY_SIZE, KEY_SHA256, KEY_PATH, KEY_TARGET };
#define MEMBERS 5u

void gw_ota_init(struct gw_ota *ota, const struct gw_ota_sink *sink, const struct gw_kv *kv, const char *target) {
  *ota = (struct gw_ota){.sink = sink, .kv = kv, .target = target, .state = GW_OTA_IDLE};
}

static bool take_key(struct gw_cbor_reader *reader, enum key key) {
  if (gw_cbor_take_int(reader) != (int64_t)key) gw_cbor_refuse(reader);
  return reader->status == GW_OK;
}

static uint32_t take_u32(struct gw_cbor_reader *reader) {
  int64_t value = gw_cbor_take_int(reader);
  if (value < 0 || value > UINT32_MAX) gw_cbor_refuse(reader);
  return (uint32_t)value;
}

/* Absolute, printable, nothing that could leave the quotes of an AT command. */
static bool take_path(struct gw_cbor_reader *reader, char path[GW_OTA_PATH_MAX + 1]) {
  size_t len = 0;
  const uint8_t *text = gw_cbor_take_string(reader, GW_CBOR_TEXT, &len);
  if (!text || len < 2 || len > GW_OTA_PATH_MAX || text[0] != '/') return false;
  for (size_t i = 0; i < len; i++)
    if (text[i] <= 0x20 || text[i] > 0x7e || text[i] == '"') return false;
  memcpy(path, text, len);
  path[len] = '\0';
  return true;
}

static bool is_text(const uint8_t *text, size_t len, const char *expected) {
  return len == strlen(expected) && memcmp(text, expected, len) == 0;
}

static enum gw_status parse(struct gw_cbor_reader *reader, uint64_t members, const char *target,
                            struct gw_ota_manifest *manifest) {
  size_t len = 0;
  memset(manifest, 0, sizeof *manifest);
  if (members != MEMBERS) return GW_E_FORMAT;
  if (take_key(reader, KEY_VERSION)) manifest->version = take_u32(reader);
  if (take_key(reader, KEY_SIZE)) manifest->size_bytes = take_u32(reader);
  if (take_key(reader, KEY_SHA256)) gw_cbor_take_exact(reader, manifest->sha256, GW_HASH_BYTES);
  if (!take_key(reader, KEY_PATH) || !take_path(reader, manifest->path)) return GW_E_FORMAT;
  const uint8_t *text = take_key(reader, KEY_TARGET) ? gw_cbor_take_string(reader, GW_CBOR_TEXT, &len) : NULL;
  if (gw_cbor_finish(reader) != GW_OK) return GW_E_FORMAT;
  if (!is_text(text, len, target)) return GW_E_RANGE;
  return manifest->size_bytes > 0 && manifest->size_bytes <= GW_OTA_SIZE_MAX ? GW_OK : GW_E_RANGE;
}

static enum gw_status mark(struct gw_ota *ota) {
  uint8_t progress[PROGRESS_BYTES];
  ota->marked_at = ota->offset - ota->offset % SECTOR_BYTES;
  memcpy(progress, ota->manifest.sha256, GW_HASH_BYTES);
  for (size_t i = 0; i < 4; i++) progress[GW_HASH_BYTES + i] = (uint8_t)(ota->marked_at >> (8 * i));
  return ota->kv->set(ota->kv->ctx, KV_PROGRESS, progress, sizeof progress);
}

static uint32_t marked_progress(const struct gw_ota *ota, const struct gw_ota_manifest *manifest) {
  uint8_t progress[PROGRESS_BYTES];
  size_t len = 0;
  uint32_t offset = 0;
  if (ota->kv->get(ota->kv->ctx, KV_PROGRESS, progress, sizeof progress, &len) != GW_OK) return 0;
  if (len != sizeof progress || memcmp(progress, manifest->sha256, GW_HASH_BYTES) != 0) return 0;
  for (size_t i = 0; i < 4; i++) offset |= (uint32_t)progress[GW_HASH_BYTES + i] << (8 * i);
  return offset < manifest->size_bytes ? offset : 0;
}

enum gw_status gw_ota_begin(struct gw_ota *ota, const struct gw_verifier *verifier,
                            const uint8_t operator_key[GW_PUBLIC_KEY_BYTES], const uint8_t *message, size_t len) {
  struct gw_cbor_reader reader;
  struct gw_ota_manifest manifest;
  uint64_t members = 0;
  if (len > GW_OTA_MANIFEST_MAX) return GW_E_FORMAT;
  enum gw_status status = gw_envelope_open(message, len, GW_MESSAGE_FIRMWARE, verifier, operator_key, &reader, &members);
  if (status == GW_OK) status = parse(&reader, members, ota->target, &manifest);
  if (status != GW_OK) return status;
  if (manifest.version <= ota->sink->running_version(ota->sink->ctx)) return GW_E_VERSION;
  uint32_t offset = marked_progress(ota, &manifest);
  if (ota->sink->open(ota->sink->ctx, manifest.size_bytes, offset) != GW_OK) return GW_E_IO;
  ota->manifest = manifest;
  ota->offset = offset;
  ota->marked_at = offset;
  ota->state = GW_OTA_LOADING;
  return GW_OK;
}

enum gw_status gw_ota_wanted(const struct gw_ota *ota, uint32_t *offset, uint32_t *len) {
  if (ota->state != GW_OTA_LOADING) return GW_E_NONE;
  uint32_t left = ota->manifest.size_bytes - ota->offset;
  *offset = ota->offset;
  *len = left < GW_OTA_RANGE_BYTES ? left : GW_OTA_RANGE_BYTES;
  return GW_OK;
}

/* The image as the flash gives it back, not as it arrived. */
static enum gw_status verify_image(const struct gw_ota *ota) {
  uint8_t bytes[READ_BYTES];
  uint8_t digest[GW_HASH_BYTES];
  struct gw_sha256 hash;
  gw_sha256_init(&hash);
  for (uint32_t at = 0; at < ota->manifest.size_bytes; at += READ_BYTES) {
    uint32_t left = ota->manifest.size_bytes - at;
    uint32_t len = left < READ_BYTES ? left : READ_BYTES;
    if (ota->sink->read(ota->sink->ctx, at, bytes, len) != GW_OK) return GW_E_IO;
    gw_sha256_update(&hash, bytes, len);
  }
  gw_sha256_final(&hash, digest);
  return memcmp(digest, ota->manifest.sha256, GW_HASH_BYTES) == 0 ? GW_OK : GW_E_SIGNATURE;
}

static enum gw_status finish(struct gw_ota *ota) {
  enum gw_status status = verify_image(ota);
  if (status == GW_OK) status = ota->sink->activate(ota->sink->ctx);
  ota->state = status == GW_OK ? GW_OTA_COMPLETE : GW_OTA_IDLE;
  /* Either way the next download begins at zero. */
  ota->offset = 0;
  (void)mark(ota);
  return status;
}

enum gw_status gw_ota_received(struct gw_ota *ota, uint32_t offset, const uint8_t *bytes, uint32_t len) {
  if (ota->state != GW_OTA_LOADING || offset != ota->offset || len == 0) return GW_E_RANGE;
  if (len > ota->manifest.size_bytes - ota->offset) return GW_E_RANGE;
  if (ota->sink->write(ota->sink->ctx, offset, bytes, len) != GW_OK) return GW_E_IO;
  ota->offset += len;
  if (ota->offset == ota->manifest.size_bytes) return finish(ota);
  return ota->offset - ota->marked_at >= GW_OTA_MARK_BYTES ? mark(ota) : GW_OK;
}
