#include "port_esp.h"

#include "esp_timer.h"

#include <sys/time.h>

#define US_PER_MS 1000
#define MS_PER_S 1000
#define SET_AFTER_S 1704067200 /* 2024-01-01: the chip starts at 1970 */

int64_t port_now_ms(void) { return esp_timer_get_time() / US_PER_MS; }

/* System time runs on in the RTC domain through every reset but loss of power. */
static enum gw_status get(void *ctx, int64_t *epoch_ms) {
  struct timeval now;
  (void)ctx;
  if (gettimeofday(&now, NULL) != 0) return GW_E_IO;
  if (now.tv_sec < SET_AFTER_S) return GW_E_NONE;
  *epoch_ms = (int64_t)now.tv_sec * MS_PER_S + now.tv_usec / US_PER_MS;
  return GW_OK;
}

static enum gw_status set(void *ctx, int64_t epoch_ms) {
  const struct timeval now = {.tv_sec = epoch_ms / MS_PER_S, .tv_usec = (epoch_ms % MS_PER_S) * US_PER_MS};
  (void)ctx;
  return settimeofday(&now, NULL) == 0 ? GW_OK : GW_E_IO;
}

const struct gw_rtc port_rtc = {.get = get, .set = set};
