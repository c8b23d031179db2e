/* Mains of a laptop: intervals the harness tells, with two pulses a cycle at 50 Hz. */
#include "port_pipe.h"

#define INTERVALS_MAX (FRAME_MAX / 16u)
#define PULSE_MS 10

static int64_t intervals[INTERVALS_MAX][2];
static size_t interval_count;
static int64_t mains_now_ms;
static int64_t next_pulse_ms;

void host_mains_set(const uint8_t *pairs, size_t len) {
  interval_count = len / 16u;
  for (size_t i = 0; i < interval_count; i += 1) {
    intervals[i][0] = frame_int64(pairs + 16u * i);
    intervals[i][1] = frame_int64(pairs + 16u * i + 8);
  }
}

void host_mains_now(int64_t now_ms) { mains_now_ms = now_ms; }

/* The next pulse at or after `at_ms`, INT64_MAX when no interval is left. */
static int64_t pulse_from(int64_t at_ms) {
  for (size_t i = 0; i < interval_count; i += 1) {
    const int64_t from_ms = at_ms > intervals[i][0] ? at_ms : intervals[i][0];
    if (from_ms < intervals[i][1]) return from_ms;
  }
  return INT64_MAX;
}

static size_t mains_take(void *ctx, int64_t *pulse_ms, size_t max) {
  (void)ctx;
  size_t count = 0;
  while (count < max) {
    const int64_t at_ms = pulse_from(next_pulse_ms);
    if (at_ms > mains_now_ms) return count;
    pulse_ms[count] = at_ms;
    count += 1;
    next_pulse_ms = at_ms + PULSE_MS;
  }
  return count;
}

const struct gw_mains host_mains = {NULL, mains_take};
