#include "uplink_parts.h"

#include <string.h>

static bool fits(const char *text, size_t max) { return text == NULL || strlen(text) <= max; }

bool gw_uplink_config_is_usable(const struct gw_modem_uplink_config *config) {
  const struct gw_mqtt_config *mqtt = &config->mqtt;
  return (config->http.origin != NULL || mqtt->host != NULL) && fits(config->http.origin, GW_HTTP_ORIGIN_MAX) &&
         fits(config->modem.apn, GW_SIM7020_APN_MAX) && fits(mqtt->host, GW_MQTT_HOST_MAX) &&
         fits(mqtt->user, GW_MQTT_NAME_MAX) && fits(mqtt->password, GW_MQTT_NAME_MAX) &&
         fits(mqtt->topic, GW_MQTT_TOPIC_MAX);
}

static void on_line(void *ctx, const char *line) {
  struct gw_modem_uplink *uplink = ctx;
  gw_sim7020_http_line(&uplink->http, line);
  gw_sim7020_mqtt_line(&uplink->mqtt, line);
}

static void on_block(void *ctx, char byte) {
  struct gw_modem_uplink *uplink = ctx;
  gw_sim7020_http_block(&uplink->http, byte);
}

static void on_stream(void *ctx, char byte) {
  struct gw_modem_uplink *uplink = ctx;
  gw_sim7020_http_stream(&uplink->http, byte);
}

void gw_uplink_listen(struct gw_modem_uplink *uplink) {
  uplink->client = (struct gw_sim7020_client){uplink, on_line, on_block, on_stream};
  uplink->modem.client = &uplink->client;
}
