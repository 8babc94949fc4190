import type { SandboxRequest } from '../shared/server.ts';

/** The parameters of one call: query and form body. */
export class Params {
  private readonly query: URLSearchParams;
  private readonly form: URLSearchParams;
  private readonly strictGetOnly: boolean;

  constructor(request: SandboxRequest, strictGetOnly: boolean) {
    this.query = request.query;
    const type = request.headers['content-type'] ?? '';
    const isForm = type === '' || type.includes('application/x-www-form-urlencoded');
    this.form = new URLSearchParams(isForm ? request.body.toString('utf8') : '');
    this.strictGetOnly = strictGetOnly;
  }

  /** A parameter marked "get only"; empty counts as absent. */
  getOnly(name: string): string | undefined {
    const value = this.query.get(name) ?? (this.strictGetOnly ? null : this.form.get(name));
    return value === null || value === '' ? undefined : value;
  }

  /** A "get or post" parameter, the body before the query; empty is a value. */
  any(name: string): string | undefined {
    return this.form.get(name) ?? this.query.get(name) ?? undefined;
  }

  /** All parameters but the key, for the log of writes. */
  all(): Record<string, string> {
    const all: Record<string, string> = {};
    for (const part of [this.query, this.form]) for (const [name, value] of part) if (name !== 'apikey' && name !== 'format') all[name] = value;
    return all;
  }
}

/** An error of a call: `success` 0 and the text in `info`, at HTTP 200. */
export class CallError extends Error {}
