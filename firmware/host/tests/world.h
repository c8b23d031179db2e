/*
 * A device in its world, in virtual time: flash, key-value store and element that keep their content when power fails,
 * a mains supply, and a portal that keeps what it is given and insists on the rules of the numbering.
 */
#ifndef GW_TEST_WORLD_H
#define GW_TEST_WORLD_H

#include "gw/agent.h"
#include "tests/nor.h"

#define WORLD_OUTAGES_MAX 8u
#define WORLD_KEPT_MAX 256u
#define WORLD_SUBMISSIONS_MAX 512u
#define WORLD_EPOCH_MS (INT64_C(1795239000) * 1000) /* 2026-11-21T05:30:00Z */

struct world_interval {
  int64_t from_ms, until_ms;
};

/* A reading as the portal has it, in order of arrival. */
struct world_kept {
  uint64_t seq;
  int64_t timestamp_s;
  enum gw_power power;
  enum gw_reason reason;
  uint8_t payload[GW_PAYLOAD_MAX];
  size_t payload_len;
};

struct world_submission {
  uint64_t first_seq;
  size_t count;
  int64_t at_ms;
  bool last_gasp;
};

struct world {
  int64_t now_ms; /* since the beginning of the world, through every reboot */
  int64_t booted_at_ms;
  enum gw_reset_cause cause;
  struct world_interval outages[WORLD_OUTAGES_MAX]; /* of the mains */
  size_t outages_count;
  struct world_interval portal_away; /* no answer */
  int64_t time_known_at_ms;          /* the network tells UTC from then on */
  enum gw_reject refuse_with;        /* GW_REJECT_NONE: accept */
  uint64_t refuse_seq;               /* 0: all */
  int64_t next_pulse_ms;

  struct nor nor;
  uint8_t alive[8];
  bool has_alive;
  uint32_t counter;

  struct world_kept kept[WORLD_KEPT_MAX];
  size_t kept_count;
  struct world_submission submissions[WORLD_SUBMISSIONS_MAX];
  size_t submissions_count;
  struct gw_submission pending;
  bool is_pending;
  int64_t answer_at_ms;

  struct gw_clock clock;
  struct gw_agent agent;
  struct gw_settings settings;
  uint32_t watchdog_fed;
};

extern struct world world;

/* A new device in a new world. */
void world_begin(void);
/* Power-on or restart at the present moment. */
void world_boot(enum gw_reset_cause cause);
void world_run(int64_t until_ms);
void world_outage(int64_t from_ms, int64_t until_ms);
const struct world_kept *world_find(uint64_t seq);
/* Numbers at the portal: each once, gaps only before boot, each hash the one before. */
void world_check_numbering(void);

#endif
