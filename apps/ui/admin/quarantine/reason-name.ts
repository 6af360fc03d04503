/** A reason of the quarantine in words; the code itself where it is none of ours. */
export function reasonName(reason: string): string {
  const names: Readonly<Record<string, string>> = {
    'refused-by-database': $localize`Refused by Postgres`,
    'idempotency-key-reused': $localize`Idempotency-Key of another body`,
    'delivery-limit': $localize`Delivered too often`,
    'unknown-schema': $localize`Of a newer version`,
    undecodable: $localize`Not a batch`,
    'dead-lettered': $localize`Set aside by a rule of RabbitMQ`,
  };
  return names[reason] ?? reason;
}
