/*
 * The local network of a Shelly: the ESP32's own Wi-Fi, joined as the settings say and joined again whenever it is lost, and
 * one connection at a time to the meter. A network that is away is a meter that is silent.
 */
#include "port_esp.h"

#include "gw/lan_http.h"

#include "esp_event.h"
#include "esp_netif.h"
#include "esp_wifi.h"
#include "lwip/netdb.h"
#include "lwip/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static const struct gw_settings *wanted;
static int connection = -1;
static bool is_over;
static struct gw_lan_http http;
static struct gw_lan lan;

static enum gw_status end(enum gw_status status) {
  if (connection >= 0) (void)close(connection);
  connection = -1;
  is_over = true;
  return status;
}

/* An address in figures needs no resolver and does not wait; a name is asked for at the network's own server. */
static enum gw_status connect_meter(void *ctx) {
  const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
  struct addrinfo *found = NULL;
  char port[6];
  (void)ctx;
  (void)end(GW_OK);
  snprintf(port, sizeof port, "%u", (unsigned)wanted->meter_port);
  if (getaddrinfo(wanted->meter_host, port, &hints, &found) != 0 || !found) return GW_E_IO;
  connection = socket(found->ai_family, found->ai_socktype, 0);
  bool is_under_way = connection >= 0 && fcntl(connection, F_SETFL, O_NONBLOCK) == 0 &&
                      (connect(connection, found->ai_addr, found->ai_addrlen) == 0 || errno == EINPROGRESS);
  freeaddrinfo(found);
  is_over = !is_under_way;
  return is_under_way ? GW_OK : end(GW_E_IO);
}

/* ENOTCONN: the connection is still being made. */
static bool is_only_waiting(void) { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINPROGRESS || errno == ENOTCONN; }

static size_t write_meter(void *ctx, const uint8_t *bytes, size_t len) {
  (void)ctx;
  if (connection < 0 || len == 0) return 0;
  ssize_t sent = send(connection, bytes, len, 0);
  if (sent < 0 && !is_only_waiting()) (void)end(GW_E_IO);
  return sent > 0 ? (size_t)sent : 0;
}

static size_t read_meter(void *ctx, uint8_t *bytes, size_t max) {
  (void)ctx;
  if (connection < 0) return 0;
  ssize_t got = recv(connection, bytes, max, 0);
  if (got == 0 || (got < 0 && !is_only_waiting())) (void)end(GW_OK);
  return got > 0 ? (size_t)got : 0;
}

static bool has_ended(void *ctx) {
  (void)ctx;
  return is_over;
}

static const struct gw_tcp tcp = {NULL, connect_meter, {NULL, write_meter, read_meter}, has_ended};

static void on_wifi(void *ctx, esp_event_base_t base, int32_t event, void *data) {
  (void)ctx;
  (void)base;
  (void)data;
  if (event == WIFI_EVENT_STA_START || event == WIFI_EVENT_STA_DISCONNECTED) (void)esp_wifi_connect();
}

enum gw_status port_lan_join(const struct gw_settings *settings, const struct gw_lan **joined) {
  const wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();
  wifi_config_t config = {0};
  wanted = settings;
  memcpy(config.sta.ssid, settings->wifi_ssid, strlen(settings->wifi_ssid));
  memcpy(config.sta.password, settings->wifi_password, strlen(settings->wifi_password));
  if (esp_netif_init() != ESP_OK || esp_event_loop_create_default() != ESP_OK) return GW_E_IO;
  if (!esp_netif_create_default_wifi_sta() || esp_wifi_init(&init) != ESP_OK) return GW_E_IO;
  if (esp_event_handler_instance_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi, NULL, NULL) != ESP_OK) return GW_E_IO;
  if (esp_wifi_set_storage(WIFI_STORAGE_RAM) != ESP_OK || esp_wifi_set_mode(WIFI_MODE_STA) != ESP_OK) return GW_E_IO;
  if (esp_wifi_set_config(WIFI_IF_STA, &config) != ESP_OK || esp_wifi_start() != ESP_OK) return GW_E_IO;
  gw_lan_http_init(&http, &tcp, settings->meter_host, &lan);
  *joined = &lan;
  return GW_OK;
}
