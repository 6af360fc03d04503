/** What the page says where the gateway led the browser to `/login?error=`: why a login by OpenID Connect failed. */
export function providerRefusal({ pathname, search }: Pick<Location, 'pathname' | 'search'>) {
  if (pathname !== '/login') return null;
  const code = new URLSearchParams(search).get('error');
  return code === null ? null : textOf(code);
}

function textOf(code: string): string {
  switch (code) {
    case 'provider-away':
      return $localize`Your organisation's sign-in does not answer. Try again soon, or use a password.`;
    case 'not-begun':
      return $localize`That sign-in took too long, or was begun in another browser. Try again.`;
    case 'no-role':
      return $localize`Your organisation knows you, but none of your groups may come in here. Ask an admin.`;
    case 'disabled':
      return $localize`Your account is disabled here. Ask an admin.`;
    case 'too-many-users':
      return $localize`There are as many users here as there may be. Ask an admin.`;
    default:
      return $localize`Your organisation refused the sign-in.`;
  }
}
