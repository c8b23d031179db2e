#include "gw/config.h"

#include "gw/envelope.h"

#include <string.h>

#define KV_CONFIG "config"
#define LATITUDE_LIMIT_E6 90000000
#define LONGITUDE_LIMIT_E6 180000000

/* Keys of the payload map, docs/formats/device-messages.md; 1 is the type. */
enum key {
  KEY_VERSION = 2,
  KEY_DEVICE_ID,
  KEY_LATITUDE,
  KEY_LONGITUDE,
  KEY_LOCATION_COMMITMENT,
  KEY_HEARTBEAT_S,
  KEY_DECLARE_MS,
  KEY_SPREAD_S,
  KEY_METER,
  KEY_APN,
  KEY_HOST,
  KEY_PORT,
  KEY_MQTT_HOST,
  KEY_MQTT_PORT,
  KEY_MQTT_USER,
  KEY_MQTT_PASSWORD,
  KEY_AREA_ID,
  KEY_METER_HOST,
  KEY_METER_PORT,
  KEY_METER_GENERATION,
  KEY_WIFI_SSID,
  KEY_WIFI_PASSWORD,
  KEY_LAST = KEY_WIFI_PASSWORD
};

#define BIT(key) (UINT32_C(1) << (key))
#define REQUIRED                                                                                          \
  (BIT(KEY_VERSION) | BIT(KEY_DEVICE_ID) | BIT(KEY_HEARTBEAT_S) | BIT(KEY_DECLARE_MS) | BIT(KEY_SPREAD_S) | \
   BIT(KEY_METER) | BIT(KEY_APN) | BIT(KEY_HOST) | BIT(KEY_PORT))
#define BROKER (BIT(KEY_MQTT_HOST) | BIT(KEY_MQTT_PORT) | BIT(KEY_AREA_ID))
#define SIGN_ON (BIT(KEY_MQTT_USER) | BIT(KEY_MQTT_PASSWORD))
#define SHELLY (BIT(KEY_METER_HOST) | BIT(KEY_METER_PORT) | BIT(KEY_METER_GENERATION) | BIT(KEY_WIFI_SSID))
#define WIFI_PASSWORD_MIN 8u

struct reading_config {
  struct gw_cbor_reader *reader;
  const uint8_t *serial;
  bool in_range;
};

void gw_config_defaults(struct gw_settings *settings) {
  *settings = (struct gw_settings){.heartbeat_s = 900, .declare_ms = 2000, .spread_s = 30, .meter = GW_METER_NONE, .port = 443};
}

static int64_t take_within(struct reading_config *r, int64_t least, int64_t most) {
  int64_t value = gw_cbor_take_int(r->reader);
  if (value >= least && value <= most) return value;
  r->in_range = false;
  return least;
}

typedef bool allowed(uint8_t c);

static bool in_area(uint8_t c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }
static bool in_name(uint8_t c) { return in_area(c) || (c >= 'A' && c <= 'Z') || c == '.'; }
/* Nothing that could leave the quotes of an AT command. */
static bool is_visible(uint8_t c) { return c > 0x20 && c < 0x7f && c != '"'; }

static void take_text(struct reading_config *r, char *into, size_t least, size_t most, allowed *is_allowed) {
  size_t len = 0;
  const uint8_t *text = gw_cbor_take_string(r->reader, GW_CBOR_TEXT, &len);
  if (!text) return;
  if (len < least || len > most) r->in_range = false;
  for (size_t i = 0; i < len && r->in_range; i++)
    if (!is_allowed(text[i])) r->in_range = false;
  if (!r->in_range) return;
  memcpy(into, text, len);
  into[len] = '\0';
}

static void take_name(struct reading_config *r, char *name, size_t max) { take_text(r, name, 1, max, in_name); }

static uint16_t take_port(struct reading_config *r) { return (uint16_t)take_within(r, 1, UINT16_MAX); }

static void take_area(struct reading_config *r, char area[GW_AREA_MAX + 1]) {
  take_text(r, area, 1, GW_AREA_MAX, in_area);
  if (area[0] == '-') r->in_range = false;
}

static void take_device_id(struct reading_config *r) {
  uint8_t device_id[GW_SERIAL_BYTES] = {0};
  gw_cbor_take_exact(r->reader, device_id, sizeof device_id);
  if (memcmp(device_id, r->serial, sizeof device_id) != 0) r->in_range = false;
}

static void take_member(struct reading_config *r, int64_t key, struct gw_settings *s) {
  switch (key) {
  case KEY_VERSION: s->version = (uint32_t)take_within(r, 1, UINT32_MAX); return;
  case KEY_DEVICE_ID: take_device_id(r); return;
  case KEY_LATITUDE: s->place.latitude_e6 = (int32_t)take_within(r, -LATITUDE_LIMIT_E6, LATITUDE_LIMIT_E6); return;
  case KEY_LONGITUDE: s->place.longitude_e6 = (int32_t)take_within(r, -LONGITUDE_LIMIT_E6, LONGITUDE_LIMIT_E6); return;
  case KEY_LOCATION_COMMITMENT: gw_cbor_take_exact(r->reader, s->place.commitment, GW_HASH_BYTES); return;
  case KEY_HEARTBEAT_S: s->heartbeat_s = (uint32_t)take_within(r, 60, 3600); return;
  case KEY_DECLARE_MS: s->declare_ms = (uint32_t)take_within(r, 300, 10000); return;
  case KEY_SPREAD_S: s->spread_s = (uint32_t)take_within(r, 0, 300); return;
  case KEY_METER: s->meter = (enum gw_meter_kind)take_within(r, GW_METER_NONE, GW_METER_SHELLY); return;
  case KEY_APN: take_name(r, s->apn, GW_APN_MAX); return;
  case KEY_HOST: take_name(r, s->host, GW_HOST_MAX); return;
  case KEY_PORT: s->port = take_port(r); return;
  case KEY_MQTT_HOST: take_name(r, s->mqtt_host, GW_HOST_MAX); return;
  case KEY_MQTT_PORT: s->mqtt_port = take_port(r); return;
  case KEY_MQTT_USER: take_text(r, s->mqtt_user, 1, GW_SECRET_MAX, is_visible); return;
  case KEY_MQTT_PASSWORD: take_text(r, s->mqtt_password, 1, GW_SECRET_MAX, is_visible); return;
  case KEY_AREA_ID: take_area(r, s->area_id); return;
  case KEY_METER_HOST: take_name(r, s->meter_host, GW_HOST_MAX); return;
  case KEY_METER_PORT: s->meter_port = take_port(r); return;
  case KEY_METER_GENERATION: s->meter_generation = (uint8_t)take_within(r, 1, 2); return;
  case KEY_WIFI_SSID: take_text(r, s->wifi_ssid, 1, GW_SSID_MAX, is_visible); return;
  case KEY_WIFI_PASSWORD: take_text(r, s->wifi_password, WIFI_PASSWORD_MIN, GW_SECRET_MAX, is_visible); return;
  default: gw_cbor_refuse(r->reader); return;
  }
}

/* Either a public place or a commitment to a private one, never both. */
static bool has_one_place(uint32_t seen, struct gw_place *place) {
  const uint32_t degrees = BIT(KEY_LATITUDE) | BIT(KEY_LONGITUDE);
  place->is_public = (seen & degrees) == degrees;
  bool is_private = (seen & BIT(KEY_LOCATION_COMMITMENT)) != 0;
  return place->is_public ? !is_private : is_private && (seen & degrees) == 0;
}

static bool all_or_none(uint32_t seen, uint32_t keys) { return (seen & keys) == keys || (seen & keys) == 0; }

/* What belongs together came together, and only where it has a meaning. */
static bool is_complete(uint32_t seen, const struct gw_settings *s) {
  const bool is_shelly = s->meter == GW_METER_SHELLY;
  if ((seen & REQUIRED) != REQUIRED || !all_or_none(seen, BROKER) || !all_or_none(seen, SIGN_ON)) return false;
  if ((seen & SIGN_ON) != 0 && (seen & BROKER) == 0) return false;
  if ((seen & SHELLY) != (is_shelly ? SHELLY : 0u)) return false;
  return is_shelly || (seen & BIT(KEY_WIFI_PASSWORD)) == 0;
}

static enum gw_status parse(struct gw_settings *settings, const struct gw_verifier *verifier,
                            const uint8_t *operator_key, const uint8_t *serial, const uint8_t *message, size_t len) {
  struct gw_cbor_reader reader;
  struct gw_settings parsed;
  struct reading_config r = {&reader, serial, true};
  uint64_t members = 0;
  uint32_t seen = 0;
  int64_t last_key = 1;
  memset(&parsed, 0, sizeof parsed);
  enum gw_status status = gw_envelope_open(message, len, GW_MESSAGE_CONFIG, verifier, operator_key, &reader, &members);
  if (status != GW_OK) return status;
  for (; members > 0 && reader.status == GW_OK; members--) {
    int64_t key = gw_cbor_take_int(&reader);
    if (key <= last_key || key > KEY_LAST) return GW_E_FORMAT;
    take_member(&r, key, &parsed);
    seen |= BIT(key);
    last_key = key;
  }
  if (gw_cbor_finish(&reader) != GW_OK || !has_one_place(seen, &parsed.place)) return GW_E_FORMAT;
  if (!r.in_range) return GW_E_RANGE;
  if (!is_complete(seen, &parsed)) return GW_E_FORMAT;
  *settings = parsed;
  return GW_OK;
}

enum gw_status gw_config_apply(struct gw_settings *settings, const struct gw_kv *kv,
                               const struct gw_verifier *verifier,
                               const uint8_t operator_key[GW_PUBLIC_KEY_BYTES],
                               const uint8_t serial[GW_SERIAL_BYTES], const uint8_t *message, size_t len) {
  struct gw_settings parsed;
  if (len > GW_CONFIG_BYTES_MAX) return GW_E_FORMAT;
  enum gw_status status = parse(&parsed, verifier, operator_key, serial, message, len);
  if (status != GW_OK) return status;
  if (parsed.version <= settings->version) return GW_E_VERSION;
  status = kv->set(kv->ctx, KV_CONFIG, message, len);
  if (status != GW_OK) return status;
  *settings = parsed;
  return GW_OK;
}

enum gw_status gw_config_load(struct gw_settings *settings, const struct gw_kv *kv,
                              const struct gw_verifier *verifier,
                              const uint8_t operator_key[GW_PUBLIC_KEY_BYTES],
                              const uint8_t serial[GW_SERIAL_BYTES]) {
  uint8_t message[GW_CONFIG_BYTES_MAX];
  size_t len = 0;
  enum gw_status status = kv->get(kv->ctx, KV_CONFIG, message, sizeof message, &len);
  if (status != GW_OK) return status;
  return parse(settings, verifier, operator_key, serial, message, len);
}
