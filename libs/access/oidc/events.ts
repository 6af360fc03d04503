import { defineEvent } from '#telemetry';

export const providerAway = defineEvent<{ readonly issuer: string; readonly reason: string }>({
  name: 'access.provider_away',
  level: 'warn',
  message: ({ reason }) => `nobody can log in by OpenID Connect now, other logins work: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_oidc_outages_total',
      help: 'Times that the provider of OpenID Connect began not to answer',
    },
  ],
});

export const providerFound = defineEvent<{ readonly issuer: string }>({
  name: 'access.provider_found',
  level: 'info',
  message: ({ issuer }) => `logins by ${issuer} work again`,
});

export const oidcAnswered = defineEvent<{ readonly outcome: string; readonly detail: string }>({
  name: 'access.oidc_answered',
  level: 'info',
  message: ({ outcome, detail }) => `a login by OpenID Connect: ${outcome}${detail}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_oidc_logins_total',
      help: 'Logins by OpenID Connect by their outcome',
      labels: { outcome: ({ outcome }) => outcome },
    },
  ],
});

export const bearerAnswered = defineEvent<{ readonly outcome: string }>({
  name: 'access.bearer_answered',
  level: null,
  message: ({ outcome }) => `a bearer token: ${outcome}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_bearer_tokens_total',
      help: 'Bearer tokens of the provider of OpenID Connect that were checked, by outcome',
      labels: { outcome: ({ outcome }) => outcome },
    },
  ],
});
