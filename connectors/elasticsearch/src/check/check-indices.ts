import type { Client } from '@elastic/elasticsearch';
import { SluiceError } from '@sluice/connector-sdk';
import { blocked, indexUnusable } from '../bulk/item-error.js';
import { failureOf, statusOf } from '../server/request-failure.js';
import type { SinkSettings } from '../sink-settings.js';
import { isAutoCreated } from './auto-create.js';
import { type Mapping, mappingConflict } from './mapping-conflict.js';

interface IndexState {
  readonly mappings?: Mapping;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Indices whose names are known, or known to match something. @throws SLUICE_ELASTICSEARCH_INDEX, _BLOCKED, _MAPPING */
export async function checkIndices<T>(client: Client, settings: SinkSettings<T>, signal: AbortSignal): Promise<void> {
  const { component } = settings;
  const { fixed, wildcard } = settings.index;
  if (wildcard === undefined) return;
  try {
    if (fixed !== undefined && !(await refuseUnfit(client, component, fixed, signal))) {
      await refuseUncreatable(client, component, fixed, signal);
      return;
    }
    const indices = await client.indices.get(
      {
        index: wildcard,
        allow_no_indices: true,
        ignore_unavailable: true,
        expand_wildcards: 'open',
        flat_settings: true,
      },
      { signal },
    );
    for (const [name, state] of Object.entries(indices))
      refuseState(settings, name, state as IndexState, fixed !== undefined);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // Who may write need not be allowed to look.
    if (statusOf(error) !== 403) throw failureOf(component, error);
  }
}

/** False: there is nothing of this name. */
async function refuseUnfit(client: Client, component: string, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    const found = await client.indices.resolveIndex({ name, expand_wildcards: 'all' }, { signal });
    if (found.data_streams.length > 0) {
      throw indexUnusable(component, 'a data stream, whose documents cannot be replaced');
    }
    if (found.indices[0]?.attributes.includes('closed')) throw indexUnusable(component, 'a closed index');
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

async function refuseUncreatable(client: Client, component: string, name: string, signal: AbortSignal): Promise<void> {
  const { persistent, transient, defaults } = await client.cluster.getSettings(
    { include_defaults: true, flat_settings: true },
    { signal },
  );
  const key = 'action.auto_create_index';
  const setting = transient[key] ?? persistent[key] ?? defaults?.[key] ?? 'true';
  if (isAutoCreated(String(setting), name)) return;
  const { index_templates: templates } = await client.indices.getIndexTemplate({}, { signal });
  if (templates.some(({ index_template: template }) => template.allow_auto_create === true)) return;
  throw indexUnusable(component, 'a missing index that the cluster does not create by itself');
}

function refuseState<T>(settings: SinkSettings<T>, name: string, state: IndexState, blocksMatter: boolean): void {
  const blocks = ['write', 'read_only', 'read_only_allow_delete'].filter(
    (block) => String(state.settings?.[`index.blocks.${block}`]) === 'true',
  );
  if (blocksMatter && blocks.length > 0) throw blocked(settings.component, `index.blocks.${blocks[0]}`);
  for (const [path, types] of settings.fieldTypes) {
    const conflict = mappingConflict(state.mappings ?? {}, path, types);
    if (conflict === undefined) continue;
    throw new SluiceError({
      code: 'SLUICE_ELASTICSEARCH_MAPPING',
      component: settings.component,
      expected: `${path} to be of type ${types.join(' or ')}`,
      actual: `${conflict} in index ${name}`,
      remedy: 'write into another index or reindex this one; choose another `deletedField` when it is about that',
    });
  }
}
