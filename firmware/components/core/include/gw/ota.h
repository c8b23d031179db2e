/*
 * Firmware from afar: a manifest signed by the operator, the image in ranges over whatever carries bytes, resumed after
 * any interruption, hashed as read back from flash, and never older than what runs.
 */
#ifndef GW_OTA_H
#define GW_OTA_H

#include "gw/port.h"

#define GW_OTA_RANGE_BYTES 1024u  /* one HTTP Range request over the modem */
#define GW_OTA_MARK_BYTES 16384u  /* progress is kept this often */
#define GW_OTA_MANIFEST_MAX 384u
#define GW_OTA_PATH_MAX 95u
#define GW_OTA_TARGET_MAX 31u
#define GW_OTA_SIZE_MAX 0x180000u /* of an application partition */

struct gw_ota_manifest {
  uint32_t version; /* secure version: must be above the running one */
  uint32_t size_bytes;
  uint8_t sha256[GW_HASH_BYTES];
  char path[GW_OTA_PATH_MAX + 1]; /* on the configured host */
};

enum gw_ota_state { GW_OTA_IDLE, GW_OTA_LOADING, GW_OTA_COMPLETE };

struct gw_ota {
  const struct gw_ota_sink *sink;
  const struct gw_kv *kv;
  const char *target;
  enum gw_ota_state state;
  struct gw_ota_manifest manifest;
  uint32_t offset;    /* next byte wanted */
  uint32_t marked_at; /* progress in the key-value store */
};

/* `target` names the boards whose images this one runs, 1 to GW_OTA_TARGET_MAX characters; all of it stays. */
void gw_ota_init(struct gw_ota *ota, const struct gw_ota_sink *sink, const struct gw_kv *kv, const char *target);

/*
 * Accepts a manifest and goes on where the same image stopped, before a restart too. GW_E_FORMAT, GW_E_SIGNATURE,
 * GW_E_RANGE (size, or another target), GW_E_VERSION (not above the running version), GW_E_IO.
 */
enum gw_status gw_ota_begin(struct gw_ota *ota, const struct gw_verifier *verifier,
                            const uint8_t operator_key[GW_PUBLIC_KEY_BYTES], const uint8_t *message, size_t len);

/* The range wanted next; GW_E_NONE when nothing is. */
enum gw_status gw_ota_wanted(const struct gw_ota *ota, uint32_t *offset, uint32_t *len);

/*
 * Bytes that arrived. Anything but the next byte is GW_E_RANGE, and the wanted range stays. The last byte makes the
 * image be read back and hashed: GW_E_SIGNATURE when it is another one (loading then starts over with a new manifest),
 * GW_OK with state GW_OTA_COMPLETE when it boots next time.
 */
enum gw_status gw_ota_received(struct gw_ota *ota, uint32_t offset, const uint8_t *bytes, uint32_t len);

#endif
