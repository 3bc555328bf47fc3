import { postgresPrograms } from '../proof/cluster/postgres-server';
import { canStartRedis } from '../proof/cluster/redis-server';
import { expectPassed, violatedBy } from './support/proof';
import { describeWhere } from './support/suites';

// A proof runs for seconds, restarts servers repeatedly, and reads back everything it stored.
jest.setTimeout(180_000);

describeWhere(postgresPrograms !== undefined, 'PostgreSQL programs (initdb, pg_ctl)')('a cluster', () => {
  it('[R5] finds no violation on replicas connected by PostgreSQL', () =>
    expectPassed('--cluster --seconds 3 --seed 5 --faults restart,terminate,freeze,stop,cut'));

  it('[R6] finds a batch broadcast to other replicas before its commit', async () => {
    expect(await violatedBy('bus-before-commit', '--cluster --faults cut')).toContain('altered');
  });

  it('[R7] finds a feed that skips gaps', async () => {
    expect(await violatedBy('skip-gaps', '--cluster --faults terminate')).toContain('gap');
  });

  it('[R8] finds stored repeats', async () => {
    const violated = await violatedBy('forget-client-ids', '--cluster --faults cut');
    expect(violated).toEqual(expect.arrayContaining(['stored-twice', 'answer-changed']));
  });

  it('[R9] finds users who stay present after their replica was killed', async () => {
    expect(await violatedBy('keep-the-silent', '--cluster --faults kill')).toContain('presence');
  });

  describeWhere(canStartRedis, 'redis-server')('over Redis', () => {
    it('[R5] finds no violation on replicas connected by Redis', () =>
      expectPassed('--cluster --redis --seconds 3 --seed 6 --faults redis,freeze,kill,add,cut'));
  });
});
