import { BlockList, isIP } from 'node:net';

const OWN = new BlockList();
OWN.addSubnet('127.0.0.0', 8, 'ipv4');
OWN.addSubnet('10.0.0.0', 8, 'ipv4');
OWN.addSubnet('172.16.0.0', 12, 'ipv4');
OWN.addSubnet('192.168.0.0', 16, 'ipv4');
OWN.addSubnet('169.254.0.0', 16, 'ipv4');
OWN.addAddress('::1', 'ipv6');
OWN.addSubnet('fc00::', 7, 'ipv6');
OWN.addSubnet('fe80::', 10, 'ipv6');

/** Name endings that never leave the local network (RFC 6762, RFC 6761, RFC 8375, ICANN `internal`). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/i;

/**
 * Whether a host of a URL lies on this machine or in a private network: by its literal address, a local name ending or a name
 * without a dot. Other names count as public, whatever they resolve to.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const kind = isIP(host);
  if (kind === 4) return OWN.check(host, 'ipv4');
  if (kind === 6) return OWN.check(host, 'ipv6');
  return !host.includes('.') || LOCAL_NAME.test(host);
}
