/** Official images of the bundled backends; `spec.<backend>.bundled.image` overrides them. */
export const BUNDLED_IMAGES = {
  postgres: 'postgres:17.6',
  rabbitmq: 'rabbitmq:4.1.4',
  meilisearch: 'getmeili/meilisearch:v1.22.3',
} as const;
