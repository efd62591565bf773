import { SluiceError } from '@sluice/connector-sdk';

/** What was asked for needs a job that runs. */
export function notRunning(
  job: string,
  actual = 'one that has not been started, or has ended',
  remedy = 'subscribe to the job or call run() first',
): SluiceError {
  return new SluiceError({
    code: 'SLUICE_JOB_NOT_RUNNING',
    component: `job '${job}'`,
    expected: 'a running job',
    actual,
    remedy,
  });
}

/** A checkpoint was asked for by hand. */
export function withoutCheckpoints(job: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_OPTION',
    component: `job '${job}'`,
    expected: 'a checkpoint storage for checkpoint()',
    actual: 'a job without checkpoints',
    remedy: 'give createJob checkpoints: { interval, storage }, or take a savepoint(path)',
  });
}
