# One image, four processes: `docker run <image> api|workers|jobs|migrate`.
# Not root, fit for a read-only root file system (writes to /tmp only), production packages only, and no tool to build or fetch
# anything with: npm, corepack and yarn stay behind. SBOM: /app/sbom.cdx.json.
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

# --- everything, to compile -------------------------------------------------------------------
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN node node_modules/@typescript/native/bin/tsc -p tsconfig.build.json \
 && node scripts/bundleProcesses.mjs \
 && node scripts/buildConsole.mjs

# --- what production needs --------------------------------------------------------------------
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --omit=optional \
 && npm sbom --sbom-format=cyclonedx --sbom-type=application --omit=dev --omit=optional > /tmp/sbom.cdx.json \
 && npm cache clean --force

# --- the authorities of AWS RDS, for DATABASE_URL with sslmode=verify-full (NODE_EXTRA_CA_CERTS) ----------
FROM ${NODE_IMAGE} AS certificates
ADD --chmod=0444 https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem /certificates/rds.pem

# --- Node and nothing around it ---------------------------------------------------------------
FROM ${NODE_IMAGE} AS runtime
# /keys: where a local signing key may be mounted (JWT_KEY_FILE); stays empty with an external issuer.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /usr/local/share/man /usr/local/share/doc /opt/yarn-* \
           /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
 && install -d -o node -g node -m 0700 /keys

# --- the image ----------------------------------------------------------------------------------
# From nothing, so that what was removed above takes no room in a layer below.
FROM scratch
COPY --from=runtime / /
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="stockline" \
      org.opencontainers.image.description="Worker-centric inventory platform: api, workers, jobs, migrate" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="https://gitlab.com/stockline/stockline" \
      org.opencontainers.image.licenses="UNLICENSED"
ENV PATH=/usr/local/bin:/usr/bin:/bin \
    NODE_ENV=production \
    PORT=3001
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=packages /tmp/sbom.cdx.json ./sbom.cdx.json
COPY --from=certificates /certificates ./certificates
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY migrations ./migrations
COPY scripts/entrypoint.mjs ./scripts/entrypoint.mjs
# Declared, so that a volume mounted over it (ECS) is writable for the user as /tmp is.
VOLUME ["/tmp"]
USER node
EXPOSE 3001
STOPSIGNAL SIGTERM
# Every long-running process answers /healthz on PORT (live: the loop turns; never the backends).
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1: it gets SIGTERM, stops taking work, finishes what it has, and ends with 0.
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=32", "--max-old-space-size=1024", "/app/scripts/entrypoint.mjs"]
CMD ["api"]
