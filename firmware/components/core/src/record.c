#include "gw/record.h"

#include "cose.h"
#include "gw/sha256.h"

#include <string.h>

#define VERSION 1
#define MAX_SAFE_INTEGER ((int64_t)9007199254740991) /* 2^53 - 1, RFC 7493 section 2.2 */
#define LATITUDE_LIMIT_E6 90000000
#define LONGITUDE_LIMIT_E6 180000000
#define PROTECTED_BYTES GW_COSE_HEADER_BYTES(GW_SERIAL_BYTES)

/* Keys of the payload map, docs/formats/reading.md. */
enum key {
  KEY_V = 1,
  KEY_SEQ,
  KEY_TIMESTAMP,
  KEY_POWER_STATUS,
  KEY_REASON,
  KEY_LATITUDE,
  KEY_LONGITUDE,
  KEY_LOCATION_COMMITMENT,
  KEY_OFF_SINCE,
  KEY_ENERGY_IMPORT,
  KEY_ENERGY_EXPORT,
  KEY_VOLTAGE,
  KEY_CURRENT,
  KEY_POWER,
  KEY_FREQUENCY,
  KEY_PREVIOUS,
  KEY_FIRMWARE
};

struct quantity {
  uint32_t bit;
  enum key key;
  int64_t least;
  int64_t value;
};

#define QUANTITIES 6u

static void list_quantities(const struct gw_measurement *m, struct quantity list[QUANTITIES]) {
  const struct quantity all[QUANTITIES] = {
      {GW_HAS_ENERGY_IMPORT, KEY_ENERGY_IMPORT, 0, m->energy_import_wh},
      {GW_HAS_ENERGY_EXPORT, KEY_ENERGY_EXPORT, 0, m->energy_export_wh},
      {GW_HAS_VOLTAGE, KEY_VOLTAGE, 0, m->voltage_mv},
      {GW_HAS_CURRENT, KEY_CURRENT, 0, m->current_ma},
      {GW_HAS_POWER, KEY_POWER, -MAX_SAFE_INTEGER, m->power_w},
      {GW_HAS_FREQUENCY, KEY_FREQUENCY, 0, m->frequency_mhz}};
  memcpy(list, all, sizeof all);
}

static bool place_in_range(const struct gw_place *place) {
  if (!place->is_public) return true;
  return place->latitude_e6 >= -LATITUDE_LIMIT_E6 && place->latitude_e6 <= LATITUDE_LIMIT_E6 &&
         place->longitude_e6 >= -LONGITUDE_LIMIT_E6 && place->longitude_e6 <= LONGITUDE_LIMIT_E6;
}

/* Printable ASCII only: its length in bytes is then its length in characters too. */
static bool firmware_in_range(const char *firmware) {
  if (!firmware) return true;
  size_t len = strlen(firmware);
  for (size_t i = 0; i < len; i++)
    if (firmware[i] < 0x20 || firmware[i] > 0x7e) return false;
  return len > 0 && len <= GW_FIRMWARE_MAX;
}

static bool in_range(const struct gw_reading *r, const struct quantity *quantities) {
  for (size_t i = 0; i < QUANTITIES; i++) {
    const struct quantity *q = &quantities[i];
    if ((r->measurement.has & q->bit) && (q->value < q->least || q->value > MAX_SAFE_INTEGER)) return false;
  }
  if (r->has_off_since && (r->reason != GW_REASON_BOOT || r->off_since_s < 0)) return false;
  return r->seq >= 1 && r->seq <= (uint64_t)MAX_SAFE_INTEGER && r->timestamp_s >= 0 &&
         place_in_range(&r->place) && firmware_in_range(r->firmware);
}

static void put_entry(struct gw_cbor_writer *writer, enum key key, int64_t value) {
  gw_cbor_put_int(writer, (int64_t)key);
  gw_cbor_put_int(writer, value);
}

static void put_hash(struct gw_cbor_writer *writer, enum key key, const uint8_t *hash) {
  gw_cbor_put_int(writer, (int64_t)key);
  gw_cbor_put_bytes(writer, hash, GW_HASH_BYTES);
}

static size_t count_members(const struct gw_reading *r, const struct quantity *quantities) {
  size_t members = 5 + (r->place.is_public ? 2u : 1u);
  for (size_t i = 0; i < QUANTITIES; i++)
    if (r->measurement.has & quantities[i].bit) members++;
  return members + (r->has_off_since ? 1u : 0u) + (r->has_previous ? 1u : 0u) + (r->firmware ? 1u : 0u);
}

enum gw_status gw_record_payload(const struct gw_reading *r, uint8_t *bytes, size_t max, size_t *len) {
  struct gw_cbor_writer writer;
  struct quantity quantities[QUANTITIES];
  list_quantities(&r->measurement, quantities);
  if (!in_range(r, quantities)) return GW_E_RANGE;

  gw_cbor_writer_init(&writer, bytes, max);
  gw_cbor_put_head(&writer, GW_CBOR_MAP, count_members(r, quantities));
  put_entry(&writer, KEY_V, VERSION);
  put_entry(&writer, KEY_SEQ, (int64_t)r->seq);
  put_entry(&writer, KEY_TIMESTAMP, r->timestamp_s);
  put_entry(&writer, KEY_POWER_STATUS, (int64_t)r->power);
  put_entry(&writer, KEY_REASON, (int64_t)r->reason);
  if (r->place.is_public) {
    put_entry(&writer, KEY_LATITUDE, r->place.latitude_e6);
    put_entry(&writer, KEY_LONGITUDE, r->place.longitude_e6);
  } else {
    put_hash(&writer, KEY_LOCATION_COMMITMENT, r->place.commitment);
  }
  if (r->has_off_since) put_entry(&writer, KEY_OFF_SINCE, r->off_since_s);
  for (size_t i = 0; i < QUANTITIES; i++)
    if (r->measurement.has & quantities[i].bit) put_entry(&writer, quantities[i].key, quantities[i].value);
  if (r->has_previous) put_hash(&writer, KEY_PREVIOUS, r->previous);
  if (r->firmware) {
    gw_cbor_put_int(&writer, KEY_FIRMWARE);
    gw_cbor_put_text(&writer, r->firmware, strlen(r->firmware));
  }
  *len = writer.len;
  return writer.status;
}

void gw_record_hash(const uint8_t *payload, size_t len, uint8_t hash[GW_HASH_BYTES]) {
  gw_sha256(payload, len, hash);
}

void gw_record_digest(const uint8_t serial[GW_SERIAL_BYTES], const uint8_t *payload, size_t len,
                      uint8_t digest[GW_HASH_BYTES]) {
  uint8_t header[PROTECTED_BYTES];
  gw_cose_header(serial, GW_SERIAL_BYTES, header);
  gw_cose_digest(header, sizeof header, payload, len, digest);
}

enum gw_status gw_record_cose(const uint8_t serial[GW_SERIAL_BYTES], const uint8_t *payload,
                              size_t payload_len, const uint8_t signature[GW_SIGNATURE_BYTES],
                              uint8_t *bytes, size_t max, size_t *len) {
  uint8_t header[PROTECTED_BYTES];
  struct gw_cbor_writer writer;
  gw_cose_header(serial, GW_SERIAL_BYTES, header);
  gw_cbor_writer_init(&writer, bytes, max);
  gw_cbor_put_head(&writer, GW_CBOR_TAG, GW_COSE_TAG);
  gw_cbor_put_head(&writer, GW_CBOR_ARRAY, 4);
  gw_cbor_put_bytes(&writer, header, sizeof header);
  gw_cbor_put_head(&writer, GW_CBOR_MAP, 0);
  gw_cbor_put_bytes(&writer, payload, payload_len);
  gw_cbor_put_bytes(&writer, signature, GW_SIGNATURE_BYTES);
  *len = writer.len;
  return writer.status;
}
