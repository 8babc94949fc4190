/** Calls of a sandbox of Artix, as who knows its password. */
import { type ArtixOptions, ArtixSandbox } from '../../sandbox/artix/index.ts';

export interface OpenArtix {
  readonly artix: ArtixSandbox;
  readonly url: string;
  call(method: string, path: string, body?: unknown): Promise<Response>;
  json(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** Starts one; `artix.stop()` is the caller's. */
export async function openArtix(setup: Partial<ArtixOptions>, now?: () => number): Promise<OpenArtix> {
  const artix = new ArtixSandbox(setup, now);
  const { url } = await artix.start();
  const { login, password } = artix.options.basicAuth ?? { login: '', password: '' };
  const headers = { authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}` };
  const call: OpenArtix['call'] = (method, path, body) =>
    fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { artix, url, call, json: async (method, path, body) => (await call(method, path, body)).json() };
}
