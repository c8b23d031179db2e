#include "gw/config.h"
#include "gw/envelope.h"
#include "gw/ota.h"
#include "gw/sha256.h"
#include "tests/groups.h"

#include <string.h>

/* A verifier for which a signature is the digest, twice. */
static enum gw_status verify(void *ctx, const uint8_t *key, const uint8_t *digest, const uint8_t *signature) {
  (void)ctx;
  (void)key;
  return memcmp(digest, signature, 32) == 0 && memcmp(digest, signature + 32, 32) == 0 ? GW_OK : GW_E_SIGNATURE;
}

static const struct gw_verifier verifier = {NULL, verify};
static const uint8_t operator_key[GW_PUBLIC_KEY_BYTES] = {7};
static const uint8_t serial[GW_SERIAL_BYTES] = {0x01, 0x23, 9, 9, 9, 9, 9, 9, 0xee};

static uint8_t stored[GW_CONFIG_BYTES_MAX];
static size_t stored_len;

static enum gw_status kv_get(void *ctx, const char *key, uint8_t *bytes, size_t max, size_t *len) {
  (void)ctx;
  (void)key;
  if (stored_len == 0) return GW_E_NONE;
  if (stored_len > max) return GW_E_SPACE;
  memcpy(bytes, stored, stored_len);
  *len = stored_len;
  return GW_OK;
}

static enum gw_status kv_set(void *ctx, const char *key, const uint8_t *bytes, size_t len) {
  (void)ctx;
  (void)key;
  CHECK(len <= sizeof stored);
  memcpy(stored, bytes, len);
  stored_len = len;
  return GW_OK;
}

static const struct gw_kv kv = {NULL, kv_get, kv_set};

/* Signs a payload as the operator would, straight from RFC 9052. */
static size_t seal(const struct gw_cbor_writer *payload, uint8_t *message, size_t max) {
  uint8_t header[13] = {0xa2, 0x01, 0x26, 0x04, 0x48};
  uint8_t key[65] = {0x04};
  uint8_t digest[32];
  uint8_t structure[600];
  uint8_t signature[64];
  struct gw_cbor_writer w;
  memcpy(key + 1, operator_key, sizeof operator_key);
  gw_sha256(key, sizeof key, digest);
  memcpy(header + 5, digest, 8);
  gw_cbor_writer_init(&w, structure, sizeof structure);
  gw_cbor_put_head(&w, GW_CBOR_ARRAY, 4);
  gw_cbor_put_text(&w, "Signature1", 10);
  gw_cbor_put_bytes(&w, header, sizeof header);
  gw_cbor_put_bytes(&w, NULL, 0);
  gw_cbor_put_bytes(&w, payload->bytes, payload->len);
  EQUAL(GW_OK, w.status);
  gw_sha256(structure, w.len, signature);
  memcpy(signature + 32, signature, 32);
  gw_cbor_writer_init(&w, message, max);
  gw_cbor_put_head(&w, GW_CBOR_TAG, 18);
  gw_cbor_put_head(&w, GW_CBOR_ARRAY, 4);
  gw_cbor_put_bytes(&w, header, sizeof header);
  gw_cbor_put_head(&w, GW_CBOR_MAP, 0);
  gw_cbor_put_bytes(&w, payload->bytes, payload->len);
  gw_cbor_put_bytes(&w, signature, sizeof signature);
  EQUAL(GW_OK, w.status);
  return w.len;
}

struct wish {
  int64_t version;
  int64_t heartbeat_s;
  const char *host;
  uint8_t first_of_serial;
  int64_t type;
};

static size_t config_message(struct wish wish, uint8_t *message, size_t max) {
  uint8_t bytes[400];
  uint8_t device_id[GW_SERIAL_BYTES];
  struct gw_cbor_writer w;
  const int64_t numbers[][2] = {{4, 25594100}, {5, 85137600}, {7, wish.heartbeat_s}, {8, 2000}, {9, 30}, {10, 1}};
  memcpy(device_id, serial, sizeof device_id);
  device_id[0] = wish.first_of_serial;
  gw_cbor_writer_init(&w, bytes, sizeof bytes);
  gw_cbor_put_head(&w, GW_CBOR_MAP, 12);
  gw_cbor_put_int(&w, 1);
  gw_cbor_put_int(&w, wish.type);
  gw_cbor_put_int(&w, 2);
  gw_cbor_put_int(&w, wish.version);
  gw_cbor_put_int(&w, 3);
  gw_cbor_put_bytes(&w, device_id, sizeof device_id);
  for (size_t i = 0; i < 6; i++) {
    gw_cbor_put_int(&w, numbers[i][0]);
    gw_cbor_put_int(&w, numbers[i][1]);
  }
  gw_cbor_put_int(&w, 11);
  gw_cbor_put_text(&w, "iot.example", 11);
  gw_cbor_put_int(&w, 12);
  gw_cbor_put_text(&w, wish.host, strlen(wish.host));
  gw_cbor_put_int(&w, 13);
  gw_cbor_put_int(&w, 443);
  EQUAL(GW_OK, w.status);
  return seal(&w, message, max);
}

static const struct wish good = {3, 600, "power.example.org", 0x01, GW_MESSAGE_CONFIG};

static enum gw_status apply(struct gw_settings *settings, struct wish wish) {
  uint8_t message[GW_CONFIG_BYTES_MAX];
  size_t len = config_message(wish, message, sizeof message);
  return gw_config_apply(settings, &kv, &verifier, operator_key, serial, message, len);
}

static void config_is_taken_over(void) {
  struct gw_settings settings;
  stored_len = 0;
  gw_config_defaults(&settings);
  EQUAL(900, settings.heartbeat_s);
  EQUAL(GW_E_NONE, gw_config_load(&settings, &kv, &verifier, operator_key, serial));
  EQUAL(GW_OK, apply(&settings, good));
  EQUAL(600, settings.heartbeat_s);
  CHECK(settings.place.is_public && settings.place.longitude_e6 == 85137600);
  CHECK(strcmp(settings.host, "power.example.org") == 0);
  struct gw_settings after_boot;
  gw_config_defaults(&after_boot);
  EQUAL(GW_OK, gw_config_load(&after_boot, &kv, &verifier, operator_key, serial));
  EQUAL(3, after_boot.version);
}

static void config_refusals(void) {
  struct gw_settings settings;
  struct wish wish = good;
  stored_len = 0;
  gw_config_defaults(&settings);
  EQUAL(GW_OK, apply(&settings, good));
  EQUAL(GW_E_VERSION, apply(&settings, good)); /* a replay */
  wish.version = 4;
  wish.heartbeat_s = 59;
  EQUAL(GW_E_RANGE, apply(&settings, wish));
  wish.heartbeat_s = 3601;
  EQUAL(GW_E_RANGE, apply(&settings, wish));
  wish = (struct wish){4, 600, "a\",AT+CFUN=0", 0x01, GW_MESSAGE_CONFIG};
  EQUAL(GW_E_RANGE, apply(&settings, wish));
  wish = (struct wish){4, 600, "power.example.org", 0x02, GW_MESSAGE_CONFIG}; /* meant for another device */
  EQUAL(GW_E_RANGE, apply(&settings, wish));
  wish = (struct wish){4, 600, "power.example.org", 0x01, GW_MESSAGE_FIRMWARE};
  EQUAL(GW_E_FORMAT, apply(&settings, wish));
  EQUAL(3, settings.version);
}

static void config_fuzz(void) {
  struct gw_settings settings;
  uint8_t message[GW_CONFIG_BYTES_MAX];
  size_t len = config_message(good, message, sizeof message);
  uint64_t seed = 4711;
  stored_len = 0;
  gw_config_defaults(&settings);
  for (size_t cut = 0; cut < len; cut++)
    EQUAL(GW_E_FORMAT, gw_config_apply(&settings, &kv, &verifier, operator_key, serial, message, cut));
  for (int round = 0; round < 20000; round++) {
    uint8_t damaged[GW_CONFIG_BYTES_MAX];
    memcpy(damaged, message, len);
    damaged[test_random(&seed) % len] ^= (uint8_t)(1u + test_random(&seed) % 255);
    CHECK(gw_config_apply(&settings, &kv, &verifier, operator_key, serial, damaged, len) != GW_OK);
  }
  EQUAL(0, settings.version);
}

static const struct test config_tests[] = {
    {"takes over what the operator signed, for good", config_is_taken_over},
    {"refuses replays, limits passed, other devices, other messages and names that leave their quotes", config_refusals},
    {"refuses every damaged byte and every shortened message", config_fuzz},
};
TEST_GROUP(config, config_tests);

#define IMAGE_BYTES 40000u
static uint8_t image[IMAGE_BYTES];
static uint8_t slot[IMAGE_BYTES];
static uint32_t slot_opened_at;
static bool is_active;

static uint32_t running(void *ctx) {
  (void)ctx;
  return 5;
}

static enum gw_status slot_open(void *ctx, uint32_t size, uint32_t resume_at) {
  (void)ctx;
  CHECK(size == IMAGE_BYTES && resume_at % 4096 == 0);
  slot_opened_at = resume_at;
  memset(slot + resume_at, 0xff, IMAGE_BYTES - resume_at);
  return GW_OK;
}

static enum gw_status slot_write(void *ctx, uint32_t offset, const uint8_t *bytes, uint32_t len) {
  (void)ctx;
  CHECK(offset + len <= IMAGE_BYTES);
  memcpy(slot + offset, bytes, len);
  return GW_OK;
}

static enum gw_status slot_read(void *ctx, uint32_t offset, uint8_t *bytes, uint32_t len) {
  (void)ctx;
  CHECK(offset + len <= IMAGE_BYTES);
  memcpy(bytes, slot + offset, len);
  return GW_OK;
}

static enum gw_status slot_activate(void *ctx) {
  (void)ctx;
  is_active = true;
  return GW_OK;
}

static const struct gw_ota_sink sink = {NULL, running, slot_open, slot_write, slot_read, slot_activate};

static const char *target = "esp32";

static size_t manifest(int64_t version, int64_t size, uint8_t *message, size_t max) {
  uint8_t bytes[200];
  uint8_t digest[32];
  struct gw_cbor_writer w;
  for (uint32_t i = 0; i < IMAGE_BYTES; i++) image[i] = (uint8_t)(i * 7 + i / 251);
  gw_sha256(image, IMAGE_BYTES, digest);
  gw_cbor_writer_init(&w, bytes, sizeof bytes);
  gw_cbor_put_head(&w, GW_CBOR_MAP, 6);
  gw_cbor_put_int(&w, 1);
  gw_cbor_put_int(&w, GW_MESSAGE_FIRMWARE);
  gw_cbor_put_int(&w, 2);
  gw_cbor_put_int(&w, version);
  gw_cbor_put_int(&w, 3);
  gw_cbor_put_int(&w, size);
  gw_cbor_put_int(&w, 4);
  gw_cbor_put_bytes(&w, digest, sizeof digest);
  gw_cbor_put_int(&w, 5);
  gw_cbor_put_text(&w, "/firmware/6.bin", 15);
  gw_cbor_put_int(&w, 6);
  gw_cbor_put_text(&w, target, strlen(target));
  EQUAL(GW_OK, w.status);
  return seal(&w, message, max);
}

static enum gw_status begin(struct gw_ota *ota, int64_t version, int64_t size) {
  uint8_t message[GW_OTA_MANIFEST_MAX];
  size_t len = manifest(version, size, message, sizeof message);
  gw_ota_init(ota, &sink, &kv, "esp32");
  return gw_ota_begin(ota, &verifier, operator_key, message, len);
}

static enum gw_status load(struct gw_ota *ota, uint32_t until) {
  uint32_t offset = 0;
  uint32_t len = 0;
  enum gw_status status = GW_OK;
  while (status == GW_OK && gw_ota_wanted(ota, &offset, &len) == GW_OK && offset < until)
    status = gw_ota_received(ota, offset, image + offset, len);
  return status;
}

static void ota_resumes(void) {
  struct gw_ota ota;
  stored_len = 0;
  is_active = false;
  EQUAL(GW_OK, begin(&ota, 6, IMAGE_BYTES));
  EQUAL(GW_OK, load(&ota, 30000));
  EQUAL(GW_OK, begin(&ota, 6, IMAGE_BYTES)); /* after a restart */
  EQUAL(16384, slot_opened_at);
  EQUAL(GW_E_RANGE, gw_ota_received(&ota, 0, image, 1024)); /* an answer to an old request */
  EQUAL(GW_OK, load(&ota, IMAGE_BYTES));
  EQUAL(GW_OTA_COMPLETE, ota.state);
  CHECK(is_active);
  SAME_BYTES(image, slot, IMAGE_BYTES);
}

static void ota_refuses(void) {
  struct gw_ota ota;
  stored_len = 0;
  EQUAL(GW_E_VERSION, begin(&ota, 5, IMAGE_BYTES));
  EQUAL(GW_E_RANGE, begin(&ota, 6, GW_OTA_SIZE_MAX + 1));
  EQUAL(GW_E_RANGE, begin(&ota, 6, 0));
  target = "esp32s3";
  EQUAL(GW_E_RANGE, begin(&ota, 6, IMAGE_BYTES));
  target = "esp32";
  EQUAL(GW_E_RANGE, gw_ota_received(&ota, 0, image, 10)); /* nothing was accepted */
}

static void ota_other_image(void) {
  struct gw_ota ota;
  stored_len = 0;
  is_active = false;
  EQUAL(GW_OK, begin(&ota, 6, IMAGE_BYTES));
  image[20000] ^= 1;
  EQUAL(GW_E_SIGNATURE, load(&ota, IMAGE_BYTES));
  CHECK(!is_active);
  EQUAL(GW_OK, begin(&ota, 6, IMAGE_BYTES)); /* from the beginning */
  EQUAL(0, slot_opened_at);
  EQUAL(GW_OK, load(&ota, IMAGE_BYTES));
  CHECK(is_active);
}

static const struct test ota_tests[] = {
    {"loads an image in ranges and goes on after a restart", ota_resumes},
    {"refuses the running version, older ones, images for other boards, and sizes no partition has", ota_refuses},
    {"never boots an image with another hash", ota_other_image},
};
TEST_GROUP(ota, ota_tests);
