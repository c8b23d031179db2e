/*
 * The device's life, one step at a time: sense, number, sign, store, send, strike off. Record first, send second: what
 * has a number is in flash before the radio hears of it.
 *
 * Without UTC a reading cannot be signed. What happens before the clock is set waits as a draft in memory, with its
 * moment since power-on, and is signed with its true time as soon as UTC is known. Power lost before that leaves no
 * trace and takes no number: the portal sees silence, which is what it was.
 */
#ifndef GW_AGENT_H
#define GW_AGENT_H

#include "gw/clock.h"
#include "gw/config.h"
#include "gw/meter.h"
#include "gw/power.h"
#include "gw/ring.h"
#include "gw/sched.h"
#include "gw/seq.h"
#include "gw/uplink.h"

#define GW_DRAFTS_MAX 12u
#define GW_OUTBOX_BYTES 2048u

struct gw_agent_ports {
  const struct gw_flash *log_flash;
  const struct gw_kv *kv;
  const struct gw_mains *mains;
  const struct gw_secure_element *element;
  const struct gw_board *board;
  const struct gw_log *log;
  const struct gw_uplink *uplink;
  const struct gw_meter *meter; /* NULL: none */
  struct gw_clock *clock;       /* the uplink offers network time to the same one */
};

/* A reading that has happened and is not numbered yet. */
struct gw_draft {
  enum gw_reason reason;
  enum gw_power power;
  int64_t at_ms;
  struct gw_measurement measurement;
};

/* Signed, and the same bytes until they are stored: a number never stands for two contents. */
struct gw_made {
  bool is_waiting;
  uint64_t seq;
  enum gw_reason reason;
  uint8_t hash[GW_HASH_BYTES];
  uint8_t cose[GW_COSE_MAX];
  size_t len;
};

struct gw_outbox {
  bool in_flight;
  bool is_gasp;
  size_t count;
  uint64_t seq[GW_UPLINK_MESSAGES_MAX];
  struct gw_message messages[GW_UPLINK_MESSAGES_MAX];
  uint8_t bytes[GW_OUTBOX_BYTES];
};

struct gw_agent {
  const struct gw_agent_ports *ports;
  const struct gw_settings *settings;
  const char *firmware;
  uint8_t serial[GW_SERIAL_BYTES];
  struct gw_ring ring;
  struct gw_seq seq;
  struct gw_power_fsm power;
  struct gw_backoff backoff;
  struct gw_made made;
  struct gw_outbox outbox;
  struct gw_draft drafts[GW_DRAFTS_MAX];
  size_t drafts_count;
  uint32_t drafts_dropped;
  bool has_previous;
  uint8_t previous[GW_HASH_BYTES];
  bool has_off_since; /* for the boot reading */
  int64_t off_since_s;
  int64_t heartbeat_at_ms;
  int64_t alive_at_ms;
  int64_t retry_store_at_ms;
  int64_t spread_until_ms;  /* after power has come back: not before */
  uint64_t sweep_below_seq; /* the sweep from new to old stands here */
  uint64_t gasp_seq;        /* 0, or the last gasp that goes first and alone */
  bool clock_was_set;
};

/*
 * Reads serial number, log and the last alive mark. The ports, the settings and `firmware` (at most 16 characters) stay
 * where they are for the life of the agent. GW_E_IO when the element or the flash does not answer: restart and try again.
 */
enum gw_status gw_agent_init(struct gw_agent *agent, const struct gw_agent_ports *ports,
                             const struct gw_settings *settings, const char *firmware, int64_t now_ms);

/* One step; never waits for a network. Gives the moment before which it wants the next. */
int64_t gw_agent_step(struct gw_agent *agent, int64_t now_ms);

/* Mains are present, and nothing is to be sent now: something else may use the radio. */
bool gw_agent_has_time(const struct gw_agent *agent, int64_t now_ms);

#endif
