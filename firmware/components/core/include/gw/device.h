/*
 * The whole device above its ports: settings, console, meter, uplink, agent, updates. main/app_main.c opens the ports of the
 * chip and steps it, firmware/host/device.c those of a laptop.
 */
#ifndef GW_DEVICE_H
#define GW_DEVICE_H

#include "gw/agent.h"
#include "gw/config.h"
#include "gw/console.h"
#include "gw/meter_pzem.h"
#include "gw/meter_shelly.h"
#include "gw/update.h"
#include "gw/uplink_modem.h"

struct gw_device_ports {
  const struct gw_flash *log_flash;
  const struct gw_kv *kv;
  const struct gw_rtc *rtc;
  const struct gw_mains *mains;
  const struct gw_secure_element *element;
  const struct gw_verifier *verifier;
  const struct gw_board *board;
  const struct gw_log *log;
  const struct gw_stream *modem_uart;
  const struct gw_modem_pins *modem_pins;
  const struct gw_stream *console;    /* NULL: nobody can type */
  const struct gw_stream *meter_uart; /* NULL: no PZEM */
  const struct gw_ota_sink *ota;      /* NULL: no updates */
  /* Joins the local network of these settings, which stay; NULL: there is none, and no Shelly. */
  enum gw_status (*join_lan)(const struct gw_settings *settings, const struct gw_lan **lan);
};

/* What the firmware was built with. */
struct gw_device_build {
  const char *firmware; /* at most GW_FIRMWARE_MAX characters */
  const char *target;   /* the boards whose images it runs */
  const char *ca_pem;   /* signs the portal's and the broker's certificates; NULL: a laptop without TLS */
  const uint8_t *operator_key; /* GW_PUBLIC_KEY_BYTES, or NULL: settings cannot be changed, and nothing is loaded */
  struct gw_settings settings; /* until the operator's come; without a version there is no place, and nothing is signed */
  struct gw_modem_uplink_config uplink; /* where set, goes before the settings: for a laptop */
};

struct gw_device {
  struct gw_device_ports ports;
  struct gw_device_build build;
  struct gw_settings settings;
  uint8_t serial[GW_SERIAL_BYTES];
  struct gw_clock clock;
  struct gw_console console;
  struct gw_modem_uplink uplink;
  struct gw_agent_ports agent_ports;
  struct gw_agent agent;
  struct gw_update update;
  struct gw_meter meter;
  union {
    struct gw_pzem pzem;
    struct gw_shelly shelly;
  } meter_state;
  bool is_running; /* it has a place, and speaks of it */
  bool can_update;
  bool has_new_settings;
  bool has_time; /* for an update, after the step just made */
  char origin[GW_HTTP_ORIGIN_MAX + 1];
  char mqtt_port[6];
  char device_id[2 * GW_SERIAL_BYTES + 1];
  char topic[GW_MQTT_TOPIC_MAX + 1];
};

/* What the tables and strings point at stays. GW_E_IO when a part does not answer: restart and try again. */
enum gw_status gw_device_init(struct gw_device *device, const struct gw_device_ports *ports,
                              const struct gw_device_build *build, int64_t now_ms);

/* One step; never waits. Gives the moment before which it wants the next. */
int64_t gw_device_step(struct gw_device *device, int64_t now_ms);

/* It has to be restarted: settings were changed, or another image is in place and nothing waits to be sent. */
bool gw_device_wants_restart(const struct gw_device *device);

/* It has sensed, signed, stored and delivered since it started: the image works. */
bool gw_device_has_delivered(const struct gw_device *device);

#endif
