/* When to report and when to try again. Devices of one feeder fall and return together: nothing here is at one moment. */
#ifndef GW_SCHED_H
#define GW_SCHED_H

#include "gw/port.h"

#define GW_BACKOFF_FIRST_MS 15000
#define GW_BACKOFF_MAX_MS 1800000 /* 30 minutes */

/* A device's own place in any period: the same after every restart, spread evenly over serial numbers. */
int64_t gw_sched_phase_ms(const uint8_t serial[GW_SERIAL_BYTES], int64_t period_ms);

/* The next moment after `at_ms`, on whatever time scale, that has this phase in the period. */
int64_t gw_sched_next(int64_t at_ms, int64_t period_ms, int64_t phase_ms);

struct gw_backoff {
  uint32_t seed;
  uint32_t failures;
  int64_t not_before_ms;
};

void gw_backoff_init(struct gw_backoff *backoff, const uint8_t serial[GW_SERIAL_BYTES]);

/* An attempt failed: doubles the wait up to its limit, with up to a quarter of jitter; a longer wish of the server wins. */
void gw_backoff_failed(struct gw_backoff *backoff, int64_t now_ms, uint32_t retry_after_s);

void gw_backoff_succeeded(struct gw_backoff *backoff);

#endif
