/* The parts of gw/agent.h, in the order of a reading's life. */
#ifndef GW_AGENT_PARTS_H
#define GW_AGENT_PARTS_H

#include "gw/agent.h"

#define KV_ALIVE "alive" /* 8 bytes, little-endian epoch seconds: mains were present then */

void gw_agent_log(const struct gw_agent *agent, enum gw_log_level level, const char *word, int64_t value);

/* agent_sense.c: pulses, heartbeat and alive mark make drafts. */
void gw_agent_sense(struct gw_agent *agent, int64_t now_ms);
void gw_agent_load_alive(struct gw_agent *agent);

/* agent_record.c: the oldest draft becomes a signed reading in the log; at most one a step. */
void gw_agent_record(struct gw_agent *agent, int64_t now_ms);

/* agent_send.c: what waits goes out, what is answered is struck off. */
void gw_agent_send(struct gw_agent *agent, int64_t now_ms);

#endif
