# One image recipe for every app. Build arguments:
#   APP    folder of the app, for example apps/dispatcher
#   ENTRY  main, or worker for the worker role of an ingress app
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
RUN npm install --global pnpm@12.21.0
WORKDIR /src
# Packages are fetched from the lockfile alone, so this layer survives every change of the code.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches ./patches
RUN pnpm fetch
COPY . .
RUN pnpm install --frozen-lockfile --offline
ARG APP
ARG ENTRY=main
# The bundle, and the folders some apps keep beside it (SQL files, the pages of the API reference).
RUN pnpm --dir "${APP}" run build \
  && mkdir /out \
  && cp "${APP}/dist/${ENTRY}.mjs" /out/app.mjs \
  && if [ -f "${APP}/dist/rekey.mjs" ]; then cp "${APP}/dist/rekey.mjs" /out/; fi \
  && find "${APP}/dist" -mindepth 1 -maxdepth 1 -type d -exec cp -R {} /out/ \;

FROM ${NODE_IMAGE}
WORKDIR /app
COPY --from=build /out/ ./
ENV NODE_ENV=production HOST=0.0.0.0
USER node
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "app.mjs"]
