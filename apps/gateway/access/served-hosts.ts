import type { ProcessSettings } from '#config';

/** Host names that requests may name: those that are set, and that of the address of the page. */
export function servedHosts({
  allowedHosts,
  publicUrl,
}: Pick<ProcessSettings<'gateway'>, 'allowedHosts' | 'publicUrl'>): readonly string[] {
  return publicUrl === null ? allowedHosts : [...allowedHosts, new URL(publicUrl).hostname];
}
