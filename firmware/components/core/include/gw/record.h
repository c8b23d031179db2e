/* A reading, and the exact bytes a device signs and sends: docs/formats/reading.md, compact form. */
#ifndef GW_RECORD_H
#define GW_RECORD_H

#include "gw/port.h"

#define GW_FIRMWARE_MAX 16u
/* Longest payload: every optional member present, every integer at its longest. */
#define GW_PAYLOAD_MAX 192u
/* Longest COSE_Sign1: 2 + 15 (protected header) + 1 + 2 + payload + 2 + signature. */
#define GW_COSE_MAX 280u

enum gw_power { GW_POWER_OFF = 0, GW_POWER_ON = 1 };

enum gw_reason {
  GW_REASON_HEARTBEAT = 0,
  GW_REASON_CHANGE = 1,
  GW_REASON_LAST_GASP = 2,
  GW_REASON_BOOT = 3
};

/* Which quantities a meter knows. What is not known is absent, never zero. */
enum gw_quantity {
  GW_HAS_ENERGY_IMPORT = 1 << 0,
  GW_HAS_ENERGY_EXPORT = 1 << 1,
  GW_HAS_VOLTAGE = 1 << 2,
  GW_HAS_CURRENT = 1 << 3,
  GW_HAS_POWER = 1 << 4,
  GW_HAS_FREQUENCY = 1 << 5
};

/* What a meter measures; `has` holds the bits of enum gw_quantity. */
struct gw_measurement {
  uint32_t has;
  int64_t energy_import_wh;
  int64_t energy_export_wh;
  int64_t voltage_mv;
  int64_t current_ma;
  int64_t power_w;
  int64_t frequency_mhz;
};

/* Where the device stands: a public place, or the commitment to a private one. */
struct gw_place {
  bool is_public;
  int32_t latitude_e6; /* millionths of a degree */
  int32_t longitude_e6;
  uint8_t commitment[GW_HASH_BYTES];
};

struct gw_reading {
  uint64_t seq;
  int64_t timestamp_s; /* epoch seconds */
  enum gw_power power;
  enum gw_reason reason;
  struct gw_place place;
  struct gw_measurement measurement;
  bool has_off_since;
  int64_t off_since_s;
  bool has_previous;
  uint8_t previous[GW_HASH_BYTES];
  const char *firmware; /* NULL: absent */
};

/* Writes the payload map. GW_E_RANGE for a member that no server would take, GW_E_SPACE when `max` is too small. */
enum gw_status gw_record_payload(const struct gw_reading *reading, uint8_t *bytes, size_t max,
                                 size_t *len);

/* SHA-256 of the payload: what `previous` of the next reading holds. */
void gw_record_hash(const uint8_t *payload, size_t len, uint8_t hash[GW_HASH_BYTES]);

/* SHA-256 of the Sig_structure (RFC 9052 section 4.4): what the secure element signs. */
void gw_record_digest(const uint8_t serial[GW_SERIAL_BYTES], const uint8_t *payload, size_t len,
                      uint8_t digest[GW_HASH_BYTES]);

/* The tagged COSE_Sign1 that is stored and sent. */
enum gw_status gw_record_cose(const uint8_t serial[GW_SERIAL_BYTES], const uint8_t *payload,
                              size_t payload_len, const uint8_t signature[GW_SIGNATURE_BYTES],
                              uint8_t *bytes, size_t max, size_t *len);

/* What the core reads back from a stored COSE_Sign1 of its own. */
struct gw_record_view {
  uint8_t serial[GW_SERIAL_BYTES];
  const uint8_t *payload;
  size_t payload_len;
  uint64_t seq;
  int64_t timestamp_s;
  enum gw_power power;
  enum gw_reason reason;
};

/* Views into `bytes`, which must outlive the view. Strict about everything the core itself writes. */
enum gw_status gw_record_view(const uint8_t *bytes, size_t len, struct gw_record_view *view);

#endif
