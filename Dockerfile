FROM node:24-bookworm-slim AS build
WORKDIR /app
# For better-sqlite3 where it has no prebuilt binary for the platform.
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
COPY .npmrc package.json package-lock.json ./
COPY packages/client/package.json packages/client/
COPY packages/chat-room/package.json packages/chat-room/
COPY packages/cli/package.json packages/cli/
RUN npm ci
COPY . .
# Also without optional packages: Swagger would keep TypeScript.
RUN npm run build && npm prune --omit=dev --omit=optional

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
  DATABASE_URL=sqlite:/data/chat.sqlite
WORKDIR /app
RUN install -d -o node -g node /data
VOLUME /data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# node, by number: Kubernetes can verify `runAsNonRoot` for numeric users only.
USER 1000:1000
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://localhost:${process.env.PORT || 8000}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself rather than npm, so that signals reach it.
CMD ["node", "dist/src/main.js"]
