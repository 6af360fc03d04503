# In place of getmeili/meilisearch: the binary of MEILISEARCH_BINARY or of PATH.
FROM penstock.test/debian
RUN apt-get update \
  && apt-get install --yes --no-install-recommends curl tini \
  && rm -rf /var/lib/apt/lists/*
COPY meilisearch /bin/meilisearch
ENV MEILI_HTTP_ADDR=0.0.0.0:7700
WORKDIR /meili_data
ENTRYPOINT ["tini", "--"]
CMD ["/bin/meilisearch"]
