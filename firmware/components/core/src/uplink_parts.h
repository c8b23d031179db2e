/* Of uplink.c: whom the modem's lines go to, what an answer means, what a configuration may be, what it does when idle. */
#ifndef GW_UPLINK_PARTS_H
#define GW_UPLINK_PARTS_H

#include "gw/uplink_modem.h"

/* At least one route, and no name longer than the module takes. */
bool gw_uplink_config_is_usable(const struct gw_modem_uplink_config *config);
/* Makes both routes hear what the module says. */
void gw_uplink_listen(struct gw_modem_uplink *uplink);

/* Fills one result per reading of the request. */
void gw_uplink_take_results(const struct gw_http_response *response, size_t count, struct gw_result *results);
/* A sequence was refused as a whole for what one of its readings is. */
bool gw_uplink_refused_as_one(const struct gw_http_response *response);
/* The portal takes readings: the next one may be sent at once. */
bool gw_uplink_goes_on(const struct gw_http_response *response);

/* uplink_idle.c */
void gw_uplink_ask_time(struct gw_modem_uplink *uplink, int64_t now_ms);
enum gw_status gw_uplink_fetch(void *ctx, int64_t now_ms, struct gw_fetch *fetch);
/* The fetch under way, if there is one, has ended with this status of HTTP. */
void gw_uplink_end_fetch(struct gw_modem_uplink *uplink, int32_t status);
/* Goes on with an exchange that no submission waits for. */
void gw_uplink_poll_exchange(struct gw_modem_uplink *uplink, int64_t now_ms);
/* The connection stays open for what may follow. */
void gw_uplink_linger(struct gw_modem_uplink *uplink, int64_t now_ms);
/* A submission waits for the modem. */
void gw_uplink_wait(struct gw_modem_uplink *uplink);
/* A command under way gets until then for its result. */
void gw_uplink_begin_closing(struct gw_modem_uplink *uplink, int64_t patience_until_ms);
void gw_uplink_close(struct gw_modem_uplink *uplink, int64_t now_ms);

#endif
