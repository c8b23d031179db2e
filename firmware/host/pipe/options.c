#include "options.h"

#include <string.h>

const char *host_option(int argc, char **argv, const char *name, const char *fallback) {
  const size_t len = strlen(name);
  for (int i = 1; i < argc; i += 1)
    if (strncmp(argv[i], name, len) == 0 && argv[i][len] == '=') return argv[i] + len + 1;
  return fallback;
}

void host_options_read(int argc, char **argv, struct gw_modem_uplink_config *config) {
  const char *ca_pem = host_option(argc, argv, "ca", NULL);
  memset(config, 0, sizeof *config);
  config->modem.apn = host_option(argc, argv, "apn", NULL);
  config->modem.apn_user = host_option(argc, argv, "apn-user", "");
  config->modem.apn_password = host_option(argc, argv, "apn-password", "");
  config->http.origin = host_option(argc, argv, "origin", NULL);
  config->http.ca_pem = ca_pem;
  config->mqtt.host = host_option(argc, argv, "broker", NULL);
  config->mqtt.port = host_option(argc, argv, "broker-port", "8883");
  config->mqtt.ca_pem = ca_pem;
  config->mqtt.client_id = host_option(argc, argv, "client", "gridwitness");
  config->mqtt.user = host_option(argc, argv, "user", "");
  config->mqtt.password = host_option(argc, argv, "password", "");
  config->mqtt.topic = host_option(argc, argv, "topic", "");
}
