import { it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { startWorld } from '../support/world.ts';
import { seed, afterRequests } from './interruption-kit.ts';
describeStores('zz', (openFresh) => {
  it('x', async () => {
    const world = await startWorld(await openFresh());
    try {
      seed(world);
      const stop = new AbortController();
      afterRequests(world, Number(process.env.NTH ?? 21), () => stop.abort());
      const r0 = await world.sync({}, stop.signal);
      console.log(r0.state, world.sandbox.virtualpos.requests.slice(-3).map((r: any) => r.method + r.path), world.sandbox.lotinfo.requests.map((r: any) => r.method + r.path), JSON.stringify(r0.readings));
      for (let i = 0; i < 3; i++) { world.clock.jump(10_000); const r = await world.sync(); console.log(r.state, JSON.stringify(r.problems), JSON.stringify(r.operations), JSON.stringify(r.waiting), JSON.stringify(r.readings.map((x: any) => [x.system, x.reading, x.result])), await world.store.db('operations').where({state: 'unknown'}), await world.store.db('checkpoints').where({reading: 'clients'})); }
      const systems = new Map((await world.store.db('systems')).map((s: any) => [s.id, s.name]));
      for (const op of await world.store.db('operations').orderBy('id')) console.log(op.id, 'run', op.run_id, systems.get(op.system_id), op.stream, op.action, op.entity_id, op.state, op.why, op.record_id);
      console.log((await world.store.db('tombstones')), (await world.store.db('records').select('id','system_id','stream','record_key','state','misses')).filter((r: any) => systems.get(r.system_id) === 'crm'));
    } finally { await world.stop(); }
  }, 120000);
});
