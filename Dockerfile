# One image, four processes: `docker run <image> api|workers|jobs|migrate`.
# Not root, fit for a read-only root file system (writes to /tmp only), production packages only.
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

# --- everything, to compile -------------------------------------------------------------------
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN node node_modules/@typescript/native/bin/tsc -p tsconfig.build.json

# --- what production needs --------------------------------------------------------------------
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --omit=optional && npm cache clean --force

# --- the image ----------------------------------------------------------------------------------
FROM ${NODE_IMAGE}
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="stockline" \
      org.opencontainers.image.description="Worker-centric inventory platform: api, workers, jobs, migrate" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production \
    PORT=3001
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY migrations ./migrations
COPY scripts/entrypoint.mjs ./scripts/entrypoint.mjs
# Where a local signing key may be mounted (JWT_KEY_FILE); stays empty with an external issuer.
RUN install -d -o node -g node -m 0700 /keys
USER node
EXPOSE 3001
STOPSIGNAL SIGTERM
# Every long-running process answers /healthz on PORT (live: the loop turns; never the backends).
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=64", "/app/scripts/entrypoint.mjs"]
CMD ["api"]
