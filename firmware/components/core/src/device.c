#include "gw/device.h"

#include "gw/text.h"

#include <string.h>

#define CONSOLE_MS 50
#define TOPIC_HEAD "power/"

static void tell(const struct gw_device *device, const char *word, enum gw_status status) {
  const struct gw_log *log = device->ports.log;
  if (log) log->event(log->ctx, GW_LOG_WARN, word, status);
}

static enum gw_status load_settings(struct gw_device *device) {
  const struct gw_device_ports *ports = &device->ports;
  enum gw_status status = ports->element->serial(ports->element->ctx, device->serial);
  if (status != GW_OK) return status;
  gw_hex_encode(device->serial, sizeof device->serial, device->device_id);
  device->settings = device->build.settings;
  if (device->build.operator_key == NULL) return GW_OK;
  status = gw_config_load(&device->settings, ports->kv, ports->verifier, device->build.operator_key, device->serial);
  if (status != GW_OK && status != GW_E_NONE) tell(device, "settings_refused", status);
  return GW_OK;
}

static void open_console(struct gw_device *device) {
  const struct gw_console_config config = {.terminal = device->ports.console,
                                           .element = device->ports.element,
                                           .kv = device->ports.kv,
                                           .verifier = device->ports.verifier,
                                           .operator_key = device->build.operator_key,
                                           .serial = device->serial};
  gw_console_init(&device->console, &config);
}

/* A device whose meter is away still knows whether the mains are there. */
static const struct gw_meter *open_meter(struct gw_device *device) {
  const struct gw_device_ports *ports = &device->ports;
  const struct gw_lan *lan = NULL;
  enum gw_status status = GW_E_ARGUMENT;
  switch (device->settings.meter) {
  case GW_METER_NONE: return NULL;
  case GW_METER_PZEM:
    if (ports->meter_uart == NULL) break;
    gw_pzem_init(&device->meter_state.pzem, ports->meter_uart, &device->meter);
    return &device->meter;
  case GW_METER_SHELLY:
    if (ports->join_lan == NULL || (status = ports->join_lan(&device->settings, &lan)) != GW_OK) break;
    gw_shelly_init(&device->meter_state.shelly, lan, device->settings.meter_generation == 2, &device->meter);
    return &device->meter;
  }
  tell(device, "meter", status);
  return NULL;
}

/* Puts a decimal number behind `text`, which has room for it. */
static void append_number(char *text, uint16_t value) {
  char reversed[5];
  size_t len = 0;
  text += strlen(text);
  do {
    reversed[len++] = (char)('0' + value % 10u);
    value = (uint16_t)(value / 10u);
  } while (value != 0);
  while (len > 0) *text++ = reversed[--len];
  *text = '\0';
}

/* Names are within their limits (gw/config.h), and the buffers hold the longest of them. */
static void fill_http(struct gw_device *device, struct gw_http_config *http) {
  const struct gw_settings *settings = &device->settings;
  if (http->origin == NULL && settings->host[0] != '\0') {
    strcpy(device->origin, "https://");
    strcat(device->origin, settings->host);
    strcat(device->origin, ":");
    append_number(device->origin, settings->port);
    http->origin = device->origin;
  }
  http->ca_pem = device->build.ca_pem;
}

static void fill_mqtt(struct gw_device *device, struct gw_mqtt_config *mqtt) {
  const struct gw_settings *settings = &device->settings;
  if (mqtt->host == NULL && settings->mqtt_host[0] != '\0') {
    append_number(device->mqtt_port, settings->mqtt_port);
    strcpy(device->topic, TOPIC_HEAD);
    strcat(device->topic, settings->area_id);
    strcat(device->topic, "/");
    strcat(device->topic, device->device_id);
    *mqtt = (struct gw_mqtt_config){.host = settings->mqtt_host,
                                    .port = device->mqtt_port,
                                    .client_id = device->device_id,
                                    .user = settings->mqtt_user,
                                    .password = settings->mqtt_password,
                                    .topic = device->topic};
  }
  mqtt->ca_pem = device->build.ca_pem;
}

static enum gw_status open_uplink(struct gw_device *device) {
  const struct gw_device_ports *ports = &device->ports;
  struct gw_modem_uplink_config config = device->build.uplink;
  if (config.modem.apn == NULL)
    config.modem = (struct gw_sim7020_config){.apn = device->settings.apn, .apn_user = "", .apn_password = ""};
  fill_http(device, &config.http);
  fill_mqtt(device, &config.mqtt);
  return gw_modem_uplink_init(&device->uplink, &config, ports->modem_uart, ports->modem_pins, &device->clock,
                              ports->log);
}

static enum gw_status open_agent(struct gw_device *device, int64_t now_ms) {
  const struct gw_device_ports *ports = &device->ports;
  device->agent_ports = (struct gw_agent_ports){.log_flash = ports->log_flash,
                                                .kv = ports->kv,
                                                .mains = ports->mains,
                                                .element = ports->element,
                                                .board = ports->board,
                                                .log = ports->log,
                                                .uplink = &device->uplink.uplink,
                                                .meter = open_meter(device),
                                                .clock = &device->clock};
  return gw_agent_init(&device->agent, &device->agent_ports, &device->settings, device->build.firmware, now_ms);
}

static void open_update(struct gw_device *device, int64_t now_ms) {
  const struct gw_device_ports *ports = &device->ports;
  if (ports->ota == NULL || device->build.operator_key == NULL) return;
  const struct gw_update_config config = {.sink = ports->ota,
                                          .kv = ports->kv,
                                          .verifier = ports->verifier,
                                          .operator_key = device->build.operator_key,
                                          .uplink = &device->uplink.uplink,
                                          .log = ports->log,
                                          .target = device->build.target};
  enum gw_status status = gw_update_init(&device->update, &config, device->serial, now_ms);
  device->can_update = status == GW_OK;
  if (status != GW_OK) tell(device, "no_updates", status);
}

enum gw_status gw_device_init(struct gw_device *device, const struct gw_device_ports *ports,
                              const struct gw_device_build *build, int64_t now_ms) {
  memset(device, 0, sizeof *device);
  device->ports = *ports;
  device->build = *build;
  gw_clock_init(&device->clock, ports->rtc, now_ms);
  enum gw_status status = load_settings(device);
  if (status != GW_OK) return status;
  if (ports->console) open_console(device);
  if (device->settings.version == 0) return GW_OK; /* nothing it may sign: it waits for its settings at the console */
  status = open_uplink(device);
  if (status == GW_OK) status = open_agent(device, now_ms);
  if (status != GW_OK) return status;
  open_update(device, now_ms);
  device->is_running = true;
  return GW_OK;
}

int64_t gw_device_step(struct gw_device *device, int64_t now_ms) {
  const struct gw_board *board = device->ports.board;
  if (device->ports.console && gw_console_step(&device->console, &device->settings)) device->has_new_settings = true;
  if (!device->is_running) {
    board->feed_watchdog(board->ctx);
    return now_ms + CONSOLE_MS;
  }
  int64_t wake_ms = gw_agent_step(&device->agent, now_ms);
  if (!device->can_update) return wake_ms;
  device->has_time = gw_agent_has_time(&device->agent, now_ms);
  int64_t update_ms = gw_update_step(&device->update, now_ms, device->has_time);
  return update_ms < wake_ms ? update_ms : wake_ms;
}

bool gw_device_wants_restart(const struct gw_device *device) {
  if (device->has_new_settings) return true;
  return device->can_update && gw_update_wants_restart(&device->update) && device->has_time;
}

bool gw_device_has_delivered(const struct gw_device *device) {
  const struct gw_agent *agent = &device->agent;
  return device->is_running && agent->ring.newest_seq > 0 && agent->has_previous && !agent->made.is_waiting &&
         gw_ring_waiting(&agent->ring) == 0;
}
