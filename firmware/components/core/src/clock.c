#include "gw/clock.h"

#define EPOCH_MIN_MS (INT64_C(1704067200) * 1000) /* 2024-01-01 */
#define EPOCH_MAX_MS (INT64_C(4102444800) * 1000) /* 2100-01-01 */
#define JUMP_MAX_MS (INT64_C(10) * 60 * 1000)
#define AGREE_MS (INT64_C(5) * 1000)
#define TRUST_MS (INT64_C(24) * 60 * 60 * 1000) /* after a day of drift any network source is better */

static void follow(struct gw_clock *clock, int64_t now_ms, enum gw_clock_source source, int64_t offset_ms) {
  clock->is_set = true;
  clock->source = source;
  clock->offset_ms = offset_ms;
  clock->set_at_ms = now_ms;
  clock->has_suspect = false;
  if (clock->rtc && source != GW_CLOCK_RTC) (void)clock->rtc->set(clock->rtc->ctx, now_ms + offset_ms);
}

void gw_clock_init(struct gw_clock *clock, const struct gw_rtc *rtc, int64_t now_ms) {
  int64_t epoch_ms = 0;
  *clock = (struct gw_clock){.rtc = rtc};
  if (rtc && rtc->get(rtc->ctx, &epoch_ms) == GW_OK) (void)gw_clock_offer(clock, now_ms, GW_CLOCK_RTC, epoch_ms);
}

static int64_t distance(int64_t a, int64_t b) { return a < b ? b - a : a - b; }

enum gw_status gw_clock_offer(struct gw_clock *clock, int64_t now_ms, enum gw_clock_source source,
                              int64_t epoch_ms) {
  if (epoch_ms < EPOCH_MIN_MS || epoch_ms >= EPOCH_MAX_MS) return GW_E_RANGE;
  int64_t offset_ms = epoch_ms - now_ms;
  bool is_fresh = clock->is_set && now_ms - clock->set_at_ms < TRUST_MS;
  bool agrees = clock->is_set && distance(offset_ms, clock->offset_ms) <= AGREE_MS;
  if (is_fresh && source <= clock->source && agrees) return GW_OK; /* seconds of latency are no news */
  /* A jump on a clock that a network has set needs a second witness. */
  bool is_jump = clock->is_set && clock->source != GW_CLOCK_RTC && distance(offset_ms, clock->offset_ms) > JUMP_MAX_MS;
  if (is_jump && !(clock->has_suspect && distance(offset_ms, clock->suspect_offset_ms) <= AGREE_MS)) {
    clock->has_suspect = true;
    clock->suspect_offset_ms = offset_ms;
    return GW_E_BUSY;
  }
  if (is_fresh && source < clock->source && !is_jump) return GW_OK;
  follow(clock, now_ms, source, offset_ms);
  return GW_OK;
}

bool gw_clock_epoch_ms(const struct gw_clock *clock, int64_t at_ms, int64_t *epoch_ms) {
  if (!clock->is_set) return false;
  *epoch_ms = at_ms + clock->offset_ms;
  return true;
}
