# The collector. No build: Node runs the TypeScript as it is.
FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY LICENSE NOTICE ./
COPY collector collector
# The simulated fleet behind `lab` and the demo.
COPY test/lab test/lab
RUN mkdir -p /var/lib/playpath && chown node:node /var/lib/playpath
USER node
VOLUME /var/lib/playpath
EXPOSE 4318 8080 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "collector/main.ts"]
CMD ["start", "--config", "/etc/playpath/playpath.yaml"]
