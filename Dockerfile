# docs/operating.md, “With containers”. The portal alone: its stores are in compose.yaml or elsewhere.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

# The build brings along what it needs of node_modules, and nothing that is for development.
FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production NUXT_LOG_FORMAT=json
COPY --from=build /src/.output .output
COPY --from=build /src/contracts/deployments contracts/deployments
# Root owns all of it, and the portal writes nothing: the root file system may be read-only.
USER 1000:1000
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Not through npm: signals reach the server itself.
CMD ["node", ".output/server/index.mjs"]
