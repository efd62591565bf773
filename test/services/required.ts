import { type ServiceName, serviceNames } from '@sluice/services';

/** The services of `REQUIRE_SERVICES=kafka,postgres`, without which tests fail instead of being skipped; `all` stands for all of them. */
export function requiredServices(value = process.env.REQUIRE_SERVICES ?? ''): ServiceName[] {
  const words = value.split(',').map((word) => word.trim());
  if (words.includes('all')) return [...serviceNames];
  const unknown = words.filter((word) => word !== '' && !serviceNames.some((name) => name === word));
  if (unknown.length > 0) {
    throw new Error(
      `REQUIRE_SERVICES names ${unknown.join(', ')}; expected all, or some of ${serviceNames.join(', ')}.`,
    );
  }
  return serviceNames.filter((name) => words.includes(name));
}
