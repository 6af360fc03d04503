/** A user of the API with a session of their own, as a second browser would be. */
export class Account {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#url = url;
    this.#headers = headers;
  }

  static async signIn(url: string, name: string, password: string): Promise<Account> {
    const response = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, password }),
    });
    if (response.status !== 200) throw new Error(await response.text());
    const { csrf } = (await response.json()) as { csrf: string };
    const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';');
    return new Account(url, { cookie, 'x-penstock-csrf': csrf });
  }

  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${path}`, {
      method,
      headers: { ...this.#headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Ends every session of a user. */
  async endSessions(name: string): Promise<void> {
    await this.call('DELETE', `users/${await this.idOf(name)}/sessions`);
  }

  async idOf(name: string): Promise<string> {
    const { users } = await this.call<{ users: { id: string; name: string }[] }>('GET', 'users');
    const found = users.find((user) => user.name === name);
    if (found === undefined) throw new Error(`there is no user ${name}`);
    return found.id;
  }
}
