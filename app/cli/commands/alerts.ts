/** `sverka alerts`: what people were told of, a look for where no service runs, and a test of the ways. */
import { Command } from 'commander';
import { ConfigError, TransientError } from '../../../core/errors.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { withSession, withStore } from '../session.ts';

export function alertsCommand(run: Runner): Command {
  const command = new Command('alerts').description('Trouble that people are told of: a webhook or e-mail, as `alerts` in the configuration says.');
  command.addCommand(
    withExample(new Command('list').description('What people were told of, and what is not delivered yet.').action(run(list)), 'sverka alerts list'),
  );
  command.addCommand(
    withExample(
      new Command('check').description('Look once and tell what is due; for cron, where `sverka serve` does not run.').action(run(check)),
      'sverka alerts check',
    ),
  );
  command.addCommand(withExample(new Command('test').description('Send a test message on every way.').action(run(test)), 'sverka alerts test'));
  return withExample(command, 'sverka alerts list');
}

async function list(invocation: Invocation): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ store }) => {
    const [{ allAlerts }, { table, when }] = await Promise.all([import('../../../canonical/stores/alerts.ts'), import('../output/table.ts')]);
    const rows = await allAlerts(store.db);
    const data = rows.map((row) => ({
      subject: row.subject,
      state: row.print === '' ? 'over' : 'raised',
      text: row.text,
      since: row.since,
      delivered: row.due === 0,
      lastFault: row.last_fault,
    }));
    const lines = data.map((one) => [one.subject, one.state, when(one.since), one.delivered ? 'yes' : (one.lastFault ?? 'not yet'), one.text]);
    return { code: 0, data, text: table(['subject', 'state', 'since (UTC)', 'told', 'what'], lines, { maxWidth: 120 }) || 'no trouble was noticed' };
  });
}

async function check(invocation: Invocation): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ loaded, store, log }) => {
    const { alerts, systems, jobs } = loaded.config;
    if (alerts === undefined) throw notConfigured();
    const [{ checkAlerts }, { systemClock }] = await Promise.all([import('../../upkeep/alerts.ts'), import('../../adapters/clock.ts')]);
    const round = await checkAlerts(store, { alerts, systems: Object.keys(systems), jobs: Object.keys(jobs), clock: systemClock, log }, invocation.signal);
    const text = round.told + round.failed === 0 ? 'nothing new to tell' : `${round.told} told, ${round.failed} not delivered (sverka alerts list)`;
    return { code: round.failed > 0 ? 1 : 0, data: round, text };
  });
}

async function test(invocation: Invocation): Promise<Answer> {
  return withSession(invocation, {}, async ({ loaded }) => {
    const { alerts } = loaded.config;
    if (alerts === undefined) throw notConfigured();
    const [{ testAlerts }, { systemClock }] = await Promise.all([import('../../upkeep/alerts.ts'), import('../../adapters/clock.ts')]);
    const faults = await testAlerts(alerts, systemClock, invocation.signal);
    if (faults.length > 0)
      throw new TransientError('ALERT_NOT_DELIVERED', `the test message could not be delivered: ${faults.join(', ')}`, {
        hint: 'Check `alerts` in the configuration, and whether this machine reaches the address.',
      });
    return { code: 0, data: { delivered: true }, text: 'the test message was delivered on every way' };
  });
}

function notConfigured(): ConfigError {
  return new ConfigError('CONFIG_USAGE', 'the configuration says nobody who is to be told of alerts', {
    hint: 'Say `alerts: { webhook: { url: { env: ALERT_URL } } }`, or `email`; see docs/operations.md.',
  });
}
