#include "port_esp.h"

#include "esp_log.h"
#include "esp_pm.h"
#include "esp_system.h"
#include "esp_task_wdt.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include <inttypes.h>

#define CPU_MAX_MHZ 80
#define CPU_MIN_MHZ 40
#define TAG "gw"

static enum gw_reset_cause reset_cause(void *ctx) {
  (void)ctx;
  switch (esp_reset_reason()) {
  case ESP_RST_POWERON:
  case ESP_RST_BROWNOUT:
  case ESP_RST_UNKNOWN: return GW_RESET_POWER;
  default: return GW_RESET_RESTART;
  }
}

static void feed_watchdog(void *ctx) {
  (void)ctx;
  (void)esp_task_wdt_reset();
}

void port_wait_until(int64_t until_ms) {
  int64_t left_ms = until_ms - port_now_ms();
  if (left_ms > 0) vTaskDelay(pdMS_TO_TICKS((uint32_t)left_ms) + 1);
}

static void event(void *ctx, enum gw_log_level level, const char *word, int64_t value) {
  static const esp_log_level_t levels[] = {[GW_LOG_ERROR] = ESP_LOG_ERROR, [GW_LOG_WARN] = ESP_LOG_WARN, [GW_LOG_INFO] = ESP_LOG_INFO};
  (void)ctx;
  ESP_LOG_LEVEL(levels[level], TAG, "%s %" PRId64, word, value);
}

/* Pulses need the edge interrupt, which light sleep stops: the chip slows down and stays awake. */
enum gw_status port_board_open(void) {
  const esp_pm_config_t pm = {.max_freq_mhz = CPU_MAX_MHZ, .min_freq_mhz = CPU_MIN_MHZ, .light_sleep_enable = false};
  if (esp_pm_configure(&pm) != ESP_OK) return GW_E_IO;
  return esp_task_wdt_add(NULL) == ESP_OK ? GW_OK : GW_E_IO;
}

const struct gw_board port_board = {.reset_cause = reset_cause, .feed_watchdog = feed_watchdog};
const struct gw_log port_log = {.event = event};
