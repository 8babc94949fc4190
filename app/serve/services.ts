/** The services of `sverka serve`; a new one is a line here. */
import { callbacks } from './callbacks.ts';
import type { ServeContext, Service } from './service.ts';
import { alerts, endpoints, forgetting, vendorCalls } from './upkeep.ts';

/** Each makes a service, or null where the configuration does not ask for it. */
const SERVICES: readonly ((context: ServeContext) => Service | null)[] = [callbacks, vendorCalls, endpoints, alerts, forgetting];

export function servicesOf(context: ServeContext): readonly Service[] {
  return SERVICES.map((make) => make(context)).filter((service) => service !== null);
}
