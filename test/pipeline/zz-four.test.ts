import { it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { startWorld } from '../support/world.ts';
describeStores('four', (openFresh) => {
  it('x', async () => {
    const world = await startWorld(await openFresh(), { people: Number(process.env.PEOPLE ?? 200) });
    try {
      for (let n = 0; n < 3; n++) {
        const w = world.writes(); const t = Date.now();
        const r = await world.sync();
        console.log(openFresh.kind, n, 'ms', Date.now() - t, r.state, 'writes', world.writes() - w, JSON.stringify(r.problems), '\n', r.readings.map(x => `${x.system}/${x.reading} ${x.result} ${JSON.stringify(Object.fromEntries(Object.entries(x.streams).map(([k,v])=>[k,Object.values(v).join('/')])))}`).join('\n '), '\n', JSON.stringify(r.resolved), '\n', JSON.stringify(r.operations.map(o => [o.system, o.stream, o.action, o.states, o.fields, o.reasons]), null, 0), JSON.stringify(r.waiting));
      }
      for (const op of await world.store.db('operations').where('run_id','>',1).where({stream:'clients'}).whereNot({state:'held'}).limit(4)) {
        console.log('OP', op.run_id, op.system_id, op.changes, op.reason);
        for (const l of await world.store.db('links').where({entity:'client', entity_id: op.entity_id})) { const r = await world.store.db('records').where({id:l.record_id}).first(); console.log('   REC', r.id, r.system_id, l.rule, r.state, r.view, r.stamps, r.stamp_how, JSON.stringify((await world.store.db('pushes').where({record_id: r.id}).select('field','sent','holds','said','said_known','state')).filter((x: any)=>x.field.startsWith('name')))); }
      }
  console.log((await world.store.db('reviews').select('kind','question').limit(8)));
      console.log((await world.store.db('quarantine').select('stream','field','rule').limit(8)));
    } finally { await world.stop(); }
  }, 120000);
});
