# In place of rabbitmq:4: Debian's RabbitMQ, with what the compose file uses of the official image.
FROM penstock.test/debian
RUN groupadd --system --gid 999 rabbitmq \
  && useradd --system --uid 999 --gid rabbitmq --home-dir /var/lib/rabbitmq rabbitmq \
  && printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d \
  && apt-get update \
  && apt-get install --yes --no-install-recommends rabbitmq-server \
  && rm -rf /var/lib/apt/lists/* /var/lib/rabbitmq \
  && install --directory --owner rabbitmq --group rabbitmq --mode 1777 /var/lib/rabbitmq /etc/rabbitmq /var/log/rabbitmq \
  && mkdir -p /etc/rabbitmq/conf.d \
  && echo 'log.console = true' >/etc/rabbitmq/conf.d/10-defaults.conf \
  && echo '[rabbitmq_prometheus].' >/etc/rabbitmq/enabled_plugins
# Debian's wrapper in /usr/sbin wants to be root.
ENV PATH=/usr/lib/rabbitmq/bin:$PATH HOME=/var/lib/rabbitmq LANG=C.UTF-8
VOLUME /var/lib/rabbitmq
CMD ["rabbitmq-server"]
