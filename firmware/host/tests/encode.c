/*
 * encode SERIAL name=value ... : the payload, the digest to sign and the COSE_Sign1 of one reading, each a line of hex.
 * The signature comes through the secure-element port, which answers with `signature=`: the core makes everything else.
 */
#include "gw/record.h"
#include "gw/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t injected[GW_SIGNATURE_BYTES];

static enum gw_status answer_signature(void *ctx, const uint8_t *digest, uint8_t *signature) {
  (void)ctx;
  (void)digest;
  memcpy(signature, injected, GW_SIGNATURE_BYTES);
  return GW_OK;
}

static const char *value_of(int argc, char **argv, const char *name) {
  size_t len = strlen(name);
  for (int i = 2; i < argc; i++)
    if (strncmp(argv[i], name, len) == 0 && argv[i][len] == '=') return argv[i] + len + 1;
  return NULL;
}

static bool number(int argc, char **argv, const char *name, int64_t *value) {
  const char *text = value_of(argc, argv, name);
  if (text) *value = strtoll(text, NULL, 10);
  return text != NULL;
}

static bool bytes(int argc, char **argv, const char *name, uint8_t *into, size_t size) {
  size_t len = 0;
  const char *text = value_of(argc, argv, name);
  return text && gw_hex_decode(text, strlen(text), into, size, &len) == GW_OK && len == size;
}

static void print_hex(const uint8_t *from, size_t len) {
  static char text[2 * GW_COSE_MAX + 1];
  gw_hex_encode(from, len, text);
  puts(text);
}

static struct gw_reading reading_of(int argc, char **argv) {
  struct gw_reading r = {0};
  struct gw_measurement *m = &r.measurement;
  int64_t seq = 0, power = 0, reason = 0, latitude = 0, longitude = 0;
  number(argc, argv, "seq", &seq);
  number(argc, argv, "timestamp", &r.timestamp_s);
  number(argc, argv, "power_status", &power);
  number(argc, argv, "reason", &reason);
  r.seq = (uint64_t)seq;
  r.power = (enum gw_power)power;
  r.reason = (enum gw_reason)reason;
  r.place.is_public = number(argc, argv, "latitude", &latitude) && number(argc, argv, "longitude", &longitude);
  r.place.latitude_e6 = (int32_t)latitude;
  r.place.longitude_e6 = (int32_t)longitude;
  bytes(argc, argv, "location_commitment", r.place.commitment, GW_HASH_BYTES);
  r.has_off_since = number(argc, argv, "off_since", &r.off_since_s);
  if (number(argc, argv, "energy_import_wh", &m->energy_import_wh)) m->has |= GW_HAS_ENERGY_IMPORT;
  if (number(argc, argv, "energy_export_wh", &m->energy_export_wh)) m->has |= GW_HAS_ENERGY_EXPORT;
  if (number(argc, argv, "voltage_mv", &m->voltage_mv)) m->has |= GW_HAS_VOLTAGE;
  if (number(argc, argv, "current_ma", &m->current_ma)) m->has |= GW_HAS_CURRENT;
  if (number(argc, argv, "power_w", &m->power_w)) m->has |= GW_HAS_POWER;
  if (number(argc, argv, "frequency_mhz", &m->frequency_mhz)) m->has |= GW_HAS_FREQUENCY;
  r.has_previous = bytes(argc, argv, "previous", r.previous, GW_HASH_BYTES);
  r.firmware = value_of(argc, argv, "firmware");
  return r;
}

int main(int argc, char **argv) {
  const struct gw_secure_element element = {.sign = answer_signature};
  uint8_t serial[GW_SERIAL_BYTES];
  uint8_t payload[GW_PAYLOAD_MAX];
  uint8_t digest[GW_HASH_BYTES];
  uint8_t signature[GW_SIGNATURE_BYTES];
  uint8_t cose[GW_COSE_MAX];
  size_t len = 0;
  size_t cose_len = 0;
  if (argc < 2 || gw_hex_decode(argv[1], strlen(argv[1]), serial, sizeof serial, &len) != GW_OK) return 2;
  if (!bytes(argc, argv, "signature", injected, sizeof injected)) return 2;
  const struct gw_reading reading = reading_of(argc, argv);
  if (gw_record_payload(&reading, payload, sizeof payload, &len) != GW_OK) return 1;
  gw_record_digest(serial, payload, len, digest);
  if (element.sign(element.ctx, digest, signature) != GW_OK) return 1;
  if (gw_record_cose(serial, payload, len, signature, cose, sizeof cose, &cose_len) != GW_OK) return 1;
  print_hex(payload, len);
  print_hex(digest, sizeof digest);
  print_hex(cose, cose_len);
  return 0;
}
