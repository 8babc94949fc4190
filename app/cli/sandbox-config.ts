/** The configuration of a sandbox under way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningSandbox } from '../../sandbox/index.ts';
import { projectRoot } from '../project.ts';
import type { Vendor } from './config-text.ts';

/** The demo's configuration and secrets for a sandbox under way. */
export function sandboxConfig(sandbox: Pick<RunningSandbox, Vendor>): {
  readonly yaml: string;
  readonly env: Readonly<Record<string, string>>;
} {
  const example = readFileSync(join(projectRoot(), 'config', 'examples', 'demo.yaml'), 'utf8');
  const addresses = {
    7101: sandbox.virtualpos.url,
    7102: sandbox.artix.url,
    7103: sandbox.lotinfo.url,
    7104: sandbox.vodyanoy.url,
  };
  const yaml = example.replace(/http:\/\/127\.0\.0\.1:(\d{4})/g, (address, port: string) => addresses[Number(port) as keyof typeof addresses] ?? address);
  return {
    yaml,
    env: {
      SHOP_APIKEY: sandbox.virtualpos.apikey,
      TILLS_PASSWORD: sandbox.artix.password,
      CRM_TOKEN: sandbox.lotinfo.token,
      CRM_SMS_CODE: String(sandbox.lotinfo.code),
      DELIVERY_TOKEN: sandbox.vodyanoy.token,
    },
  };
}
