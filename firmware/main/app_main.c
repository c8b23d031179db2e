/* Wiring, as firmware/host/device.c does it on a laptop: open the ports, load the settings, run the agent for ever. */
#include "board.h"
#include "console.h"

#include "gw/agent.h"
#include "gw/config.h"
#include "gw/meter_pzem.h"
#include "gw/text.h"
#include "gw/uplink_modem.h"

#include "esp_app_desc.h"
#include "esp_log.h"
#include "esp_system.h"

#include <stdio.h>
#include <string.h>

#define TAG "gw"
#define ORIGIN_MAX (sizeof "https://:65535" + GW_HOST_MAX)
#define SELF_TEST_MS (30 * 60 * 1000) /* a new image must have delivered a reading by then */
#define RESTART_DELAY_MS 5000

extern const char portal_ca_pem[] asm("_binary_portal_ca_pem_start");

static const struct port_pins pins = BOARD_PINS;
static char origin[ORIGIN_MAX];
static char firmware[GW_FIRMWARE_MAX + 1];
static struct gw_settings settings;
static struct gw_clock device_clock;
static struct gw_flash log_flash;
static struct gw_stream modem_uart, meter_uart;
static struct gw_modem_pins modem_pins;
static struct gw_modem_uplink modem_uplink;
static struct gw_pzem pzem;
static struct gw_meter meter;
static struct gw_agent_ports ports;
static struct gw_agent agent;

/* What cannot be opened now may open after a restart; the watchdog of the bootloader counts on. */
static void require(enum gw_status status, const char *what) {
  if (status == GW_OK) return;
  ESP_LOGE(TAG, "%s failed (%d), restarting", what, (int)status);
  port_wait_until(port_now_ms() + RESTART_DELAY_MS);
  esp_restart();
}

static void load_settings(void) {
  uint8_t serial[GW_SERIAL_BYTES];
  uint8_t operator_key[GW_PUBLIC_KEY_BYTES];
  size_t len = 0;
  gw_config_defaults(&settings);
  snprintf(settings.apn, sizeof settings.apn, "%s", CONFIG_GW_APN);
  snprintf(settings.host, sizeof settings.host, "%s", CONFIG_GW_HOST);
  settings.port = CONFIG_GW_PORT;
  require(port_secure_element.serial(port_secure_element.ctx, serial), "serial number");
  if (gw_hex_decode(CONFIG_GW_OPERATOR_KEY, strlen(CONFIG_GW_OPERATOR_KEY), operator_key, sizeof operator_key, &len) != GW_OK ||
      len != sizeof operator_key) {
    ESP_LOGE(TAG, "GW_OPERATOR_KEY is not 128 hex digits: settings cannot be changed");
    return;
  }
  enum gw_status status = gw_config_load(&settings, &port_kv, &port_verifier, operator_key, serial);
  if (status != GW_OK && status != GW_E_NONE) ESP_LOGE(TAG, "stored settings refused (%d)", (int)status);
  console_open(&settings, operator_key, serial);
}

/* A device without a place has nothing it may sign: it waits for its settings at the console. */
static void wait_for_place(void) {
  while (settings.version == 0) {
    console_step();
    port_wait_until(port_now_ms() + 50);
  }
}

static void open_uplink(void) {
  snprintf(origin, sizeof origin, "https://%s:%u", settings.host, (unsigned)settings.port);
  const struct gw_modem_uplink_config config = {
      .modem = {.apn = settings.apn, .apn_user = "", .apn_password = ""},
      .http = {.origin = origin, .ca_pem = portal_ca_pem}};
  require(port_uart_open(&modem_uart, BOARD_MODEM_UART, BOARD_MODEM_BAUD, pins.modem_tx, pins.modem_rx), "modem uart");
  require(port_modem_pins_open(&modem_pins, &pins), "modem pins");
  require(gw_modem_uplink_init(&modem_uplink, &config, &modem_uart, &modem_pins, &device_clock, &port_log), "uplink");
}

static void open_meter(void) {
  if (settings.meter != GW_METER_PZEM) return;
  require(port_uart_open(&meter_uart, BOARD_METER_UART, BOARD_METER_BAUD, pins.meter_tx, pins.meter_rx), "meter uart");
  gw_pzem_init(&pzem, &meter_uart, &meter);
}

static void open_agent(void) {
  snprintf(firmware, sizeof firmware, "%s", esp_app_get_description()->version);
  ports = (struct gw_agent_ports){.log_flash = &log_flash,
                                  .kv = &port_kv,
                                  .mains = &port_mains,
                                  .element = &port_secure_element,
                                  .board = &port_board,
                                  .log = &port_log,
                                  .uplink = &modem_uplink.uplink,
                                  .meter = meter.step ? &meter : NULL,
                                  .clock = &device_clock};
  require(gw_agent_init(&agent, &ports, &settings, firmware, port_now_ms()), "agent");
}

/* An image that reads, signs, stores and delivers has proved itself; one that does not goes back by restarting. */
static void self_test(int64_t now_ms) {
  static bool is_confirmed;
  if (is_confirmed) return;
  if (agent.ring.newest_seq > 0 && agent.has_previous && !agent.made.is_waiting && gw_ring_waiting(&agent.ring) == 0)
    is_confirmed = port_ota_confirm() == GW_OK;
  if (!is_confirmed && now_ms > SELF_TEST_MS && port_ota_unconfirmed()) esp_restart();
}

void app_main(void) {
  require(port_kv_open(), "nvs");
  require(port_se_open(BOARD_I2C_HZ), "secure element");
  require(port_flash_open(&log_flash), "log partition");
  gw_clock_init(&device_clock, &port_rtc, port_now_ms());
  load_settings();
  wait_for_place();
  open_uplink();
  open_meter();
  require(port_mains_open(&pins), "mains sensor");
  open_agent();
  require(port_board_open(), "watchdog");
  for (;;) {
    int64_t now_ms = port_now_ms();
    int64_t wake_ms = gw_agent_step(&agent, now_ms);
    console_step();
    self_test(now_ms);
    port_wait_until(wake_ms);
  }
}
