/** Certificates made by openssl for one test, under an authority that nobody knows. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether certificates can be made here. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export interface Certificates {
  /** File of the authority's certificate. */
  readonly ca: string;
  /** Key and certificate of a server that is called `host`. */
  issue(host: string): { readonly key: Buffer; readonly cert: Buffer };
  remove(): void;
}

export function makeCertificates(): Certificates {
  const directory = mkdtempSync(join(tmpdir(), 'sverka-ca-'));
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync('openssl', args);
    if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`);
  };
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '2', '-subj', '/CN=Test authority');
  return {
    ca: at('ca.pem'),
    issue(host) {
      writeFileSync(at('ext'), `subjectAltName=DNS:${host}\n`);
      openssl('req', ...key, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', `/CN=${host}`);
      const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '1', '-extfile', at('ext')];
      openssl('x509', '-req', '-in', at('server.csr'), '-out', at('server.pem'), ...signing);
      return { key: readFileSync(at('server.key')), cert: readFileSync(at('server.pem')) };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
