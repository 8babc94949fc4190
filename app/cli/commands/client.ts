/** `sverka client`: one person. These commands show values. */
import { Command } from 'commander';
import type { ClientView } from '../../console/client-view.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { parseNumber } from '../options.ts';
import { withStore } from '../session.ts';
import { askCommand } from './client-ask.ts';
import { joinCommand, splitCommand } from './client-identity.ts';
import { notFound } from './runs.ts';

export function clientCommand(run: Runner): Command {
  const command = new Command('client').description(
    'Find, show, explain and ask vendors about one client (these commands show values of people); split and join clients.',
  );
  command.addCommand(
    withExample(
      new Command('find')
        .description('By phone, e-mail address, card number, key in any system, number, or the beginnings of names.')
        .argument('<query...>', 'what to look for')
        .action(run(find)),
      'sverka client find +79131234567',
      'sverka client find иванов ив',
    ),
  );
  command.addCommand(
    withExample(
      new Command('show').description('What is kept of a client.').argument('<id>', 'number of the client', parseNumber).action(run(show)),
      'sverka client show 1',
    ),
  );
  command.addCommand(
    withExample(
      new Command('explain')
        .description('Where each value of a client comes from: system, time, rule, and what lost.')
        .argument('<id>', 'number of the client', parseNumber)
        .action(run(explain)),
      'sverka client explain 1',
    ),
  );
  command.addCommand(askCommand(run));
  command.addCommand(splitCommand(run));
  command.addCommand(joinCommand(run));
  return withExample(command, 'sverka client find +79131234567', 'sverka client explain 1');
}

async function find(invocation: Invocation, words: readonly string[]): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async (session) => {
    const { clientView } = await import('../../console/client.ts');
    const { findClients } = await import('../../console/find.ts');
    const { table } = await import('../output/table.ts');
    const setup = await session.setup();
    const found = await findClients(session.store, words.join(' '));
    const views: (ClientView & { by: string })[] = [];
    for (const one of found) {
      const view = await clientView(session.store, setup, one.id);
      if (view !== null) views.push({ ...view, by: one.by });
    }
    const field = (view: ClientView, ...names: string[]): string =>
      names
        .map((name) => view.fields.find((one) => one.field === name)?.value ?? '')
        .filter((text) => text !== '')
        .join(' ');
    const rows = views.map((view) => [
      String(view.id),
      view.by,
      field(view, 'name.last', 'name.first', 'name.middle') || field(view, 'name.display'),
      field(view, 'phone'),
      field(view, 'email'),
      view.records.map((record) => `${record.system}/${record.key}`).join(' '),
    ]);
    return {
      code: views.length > 0 ? 0 : 1,
      data: views,
      text: table(['client', 'found by', 'name', 'phone', 'e-mail', 'records'], rows) || 'nobody was found',
    };
  });
}

const show = (invocation: Invocation, id: number): Promise<Answer> =>
  one(invocation, id, async (view) => (await import('../output/client.ts')).clientText(view));
const explain = (invocation: Invocation, id: number): Promise<Answer> =>
  one(invocation, id, async (view) => (await import('../output/client.ts')).explainText(view));

async function one(invocation: Invocation, id: number, text: (view: ClientView) => Promise<string>): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async (session) => {
    const { clientView } = await import('../../console/client.ts');
    const view = await clientView(session.store, await session.setup(), id);
    if (view === null) {
      const { formerClients } = await import('../../../canonical/stores/links.ts');
      const into = (await formerClients(session.store.db, [id])).get(id);
      throw notFound(
        into === undefined ? `there is no client ${id}: sverka client find` : `client ${id} was merged into client ${into}: sverka client show ${into}`,
      );
    }
    return { code: 0, data: view, text: await text(view) };
  });
}
