/*
 * The way to the portal, as the agent sees it: one submission at a time, polled with the time, one outcome per reading.
 * Route, modem, TLS and retries inside one exchange are the uplink's; when to try again is the agent's.
 */
#ifndef GW_UPLINK_H
#define GW_UPLINK_H

#include "gw/port.h"

#define GW_UPLINK_MESSAGES_MAX 8u

/* One COSE_Sign1. The bytes belong to the agent and stay as they are until the submission has ended. */
struct gw_message {
  const uint8_t *bytes;
  size_t len;
};

struct gw_submission {
  const struct gw_message *messages; /* in the order they are to be sent */
  size_t count;                      /* 1 .. GW_UPLINK_MESSAGES_MAX */
  bool last_gasp;                    /* alone, the shortest path, release assistance; power may end any moment */
};

enum gw_outcome {
  GW_OUTCOME_RETRY_LATER = 0, /* not answered, or answered with "not now": nothing is known about it */
  GW_OUTCOME_ACCEPTED,
  GW_OUTCOME_DUPLICATE,
  GW_OUTCOME_REJECTED
};

/* Codes of a rejection, as the portal's API names them. */
enum gw_reject {
  GW_REJECT_NONE = 0,
  GW_REJECT_MALFORMED,
  GW_REJECT_UNKNOWN_DEVICE,
  GW_REJECT_BAD_SIGNATURE,
  GW_REJECT_SUSPENDED_DEVICE,
  GW_REJECT_EQUIVOCATION,
  GW_REJECT_CLOCK_AHEAD,
  GW_REJECT_RATE_LIMITED,
  GW_REJECT_OTHER
};

struct gw_result {
  enum gw_outcome outcome;
  enum gw_reject code;     /* GW_REJECT_NONE unless rejected */
  uint32_t retry_after_s;  /* the server's wish; 0 when it has none */
};

/* Something the portal serves, or a range of it. All of it is the caller's and stays until it has ended. */
struct gw_fetch {
  const char *path;
  uint32_t offset;
  uint32_t len;   /* of the range; 0: the whole */
  uint8_t *bytes; /* room for `max` */
  size_t max;
  /* what came of it */
  bool has_ended;
  int32_t status; /* of HTTP; 0: no answer */
  size_t got;     /* bytes of the body, past `max` too, where they are dropped */
};

struct gw_uplink {
  void *ctx;
  /* What one submission may hold besides a last gasp, which is always one message. */
  size_t messages_max;
  size_t bytes_max; /* of all messages together */
  /* Begins sending. GW_E_BUSY while another submission has not ended, GW_E_ARGUMENT when it does not fit. */
  enum gw_status (*submit)(void *ctx, int64_t now_ms, const struct gw_submission *submission);
  /*
   * Moves on; called every step, also when nothing was submitted (the modem attaches, sleeps, tells the time).
   * True once, when the submission has ended: then `results[0 .. count-1]` are filled in the order of the messages.
   * Ends by itself within a bounded time: an uplink without an answer gives GW_OUTCOME_RETRY_LATER.
   */
  bool (*poll)(void *ctx, int64_t now_ms, struct gw_result *results);
  /* Gives up the submission at once, so that a last gasp can go: `poll` does not report it any more. */
  void (*cancel)(void *ctx, int64_t now_ms);
  /* When `poll` wants to be called next at the latest; INT64_MAX when only an incoming byte would matter. */
  int64_t (*wake_ms)(void *ctx, int64_t now_ms);
  /*
   * Begins a fetch; it goes on in `poll`. A submission waits until it has ended, which is bounded; a last gasp ends it at
   * once, without an answer.
   * GW_E_BUSY while anything else is under way or the modem is not ready. NULL where nothing can be fetched.
   */
  enum gw_status (*fetch)(void *ctx, int64_t now_ms, struct gw_fetch *fetch);
};

#endif
