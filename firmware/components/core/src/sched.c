#include "gw/sched.h"

#include "gw/crc.h"

#define RETRY_AFTER_MAX_S 86400u
#define DOUBLINGS_MAX 16u

int64_t gw_sched_phase_ms(const uint8_t serial[GW_SERIAL_BYTES], int64_t period_ms) {
  return period_ms > 0 ? (int64_t)gw_crc32(0, serial, GW_SERIAL_BYTES) % period_ms : 0;
}

int64_t gw_sched_next(int64_t at_ms, int64_t period_ms, int64_t phase_ms) {
  int64_t into = (at_ms - phase_ms) % period_ms;
  if (into < 0) into += period_ms;
  return at_ms + period_ms - into;
}

void gw_backoff_init(struct gw_backoff *backoff, const uint8_t serial[GW_SERIAL_BYTES]) {
  *backoff = (struct gw_backoff){.seed = gw_crc32(0, serial, GW_SERIAL_BYTES) | 1u};
}

/* xorshift32: spreads devices, keeps no secret. */
static uint32_t draw(struct gw_backoff *backoff) {
  backoff->seed ^= backoff->seed << 13;
  backoff->seed ^= backoff->seed >> 17;
  backoff->seed ^= backoff->seed << 5;
  return backoff->seed;
}

void gw_backoff_failed(struct gw_backoff *backoff, int64_t now_ms, uint32_t retry_after_s) {
  uint32_t doublings = backoff->failures < DOUBLINGS_MAX ? backoff->failures : DOUBLINGS_MAX;
  int64_t wait_ms = (int64_t)GW_BACKOFF_FIRST_MS << doublings;
  if (wait_ms > GW_BACKOFF_MAX_MS) wait_ms = GW_BACKOFF_MAX_MS;
  wait_ms -= (int64_t)(draw(backoff) % (uint32_t)(wait_ms / 4));
  int64_t wish_ms = (int64_t)(retry_after_s < RETRY_AFTER_MAX_S ? retry_after_s : RETRY_AFTER_MAX_S) * 1000;
  backoff->failures++;
  backoff->not_before_ms = now_ms + (wish_ms > wait_ms ? wish_ms : wait_ms);
}

void gw_backoff_succeeded(struct gw_backoff *backoff) {
  backoff->failures = 0;
  backoff->not_before_ms = 0;
}
