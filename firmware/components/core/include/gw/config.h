/*
 * Settings of a device. They come as one message signed by the operator (docs/formats/device-messages.md), are kept as
 * received and verified again at every boot. A message counts only when its version is above the one in force.
 */
#ifndef GW_CONFIG_H
#define GW_CONFIG_H

#include "gw/record.h"

#define GW_APN_MAX 63u
#define GW_HOST_MAX 50u /* AT+CMQNEW takes no longer one */
#define GW_SECRET_MAX 63u /* user names and passwords */
#define GW_AREA_MAX 31u
#define GW_SSID_MAX 32u
#define GW_CONFIG_BYTES_MAX 768u

enum gw_meter_kind { GW_METER_NONE = 0, GW_METER_PZEM = 1, GW_METER_SHELLY = 2 };

struct gw_settings {
  uint32_t version;         /* 0: what the firmware was built with */
  struct gw_place place;
  uint32_t heartbeat_s;     /* 60 .. 3600 */
  uint32_t declare_ms;      /* 300 .. 10000: how long a change of mains must last */
  uint32_t spread_s;        /* 0 .. 300: over which devices report that power is back */
  enum gw_meter_kind meter;
  char apn[GW_APN_MAX + 1];
  char host[GW_HOST_MAX + 1];
  uint16_t port;
  /* Route 2; mqtt_host "" without, user and password "" without */
  char mqtt_host[GW_HOST_MAX + 1];
  uint16_t mqtt_port;
  char mqtt_user[GW_SECRET_MAX + 1];
  char mqtt_password[GW_SECRET_MAX + 1];
  char area_id[GW_AREA_MAX + 1];
  /* Of a Shelly; the password is "" for an open network */
  char meter_host[GW_HOST_MAX + 1];
  uint16_t meter_port;
  uint8_t meter_generation;
  char wifi_ssid[GW_SSID_MAX + 1];
  char wifi_password[GW_SECRET_MAX + 1];
};

/* Fifteen minutes, two seconds, thirty seconds, no meter; place, APN and host are still to be given. */
void gw_config_defaults(struct gw_settings *settings);

/*
 * Takes a message over into `settings` and the store. Refused, with nothing changed: GW_E_FORMAT, GW_E_SIGNATURE,
 * GW_E_RANGE (another device, or a value outside its limits), GW_E_VERSION.
 */
enum gw_status gw_config_apply(struct gw_settings *settings, const struct gw_kv *kv,
                               const struct gw_verifier *verifier,
                               const uint8_t operator_key[GW_PUBLIC_KEY_BYTES],
                               const uint8_t serial[GW_SERIAL_BYTES], const uint8_t *message, size_t len);

/* Reads what was applied last. GW_E_NONE when nothing was: `settings` stay as they are. */
enum gw_status gw_config_load(struct gw_settings *settings, const struct gw_kv *kv,
                              const struct gw_verifier *verifier,
                              const uint8_t operator_key[GW_PUBLIC_KEY_BYTES],
                              const uint8_t serial[GW_SERIAL_BYTES]);

#endif
