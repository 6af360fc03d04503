import { API_VERSION, KIND, type LogPipelineStatus } from '#pipeline';
import { ApiError } from '../runtime/api-error.ts';
import { APPLY_PATCH, type KubeApi } from '../runtime/kube-api.ts';
import { objectPath, PIPELINES } from '../runtime/kinds.ts';
import { fingerprint } from '../specs/fingerprint.ts';
import { FIELD_MANAGER } from '../specs/labels.ts';

interface Place {
  readonly name: string;
  readonly namespace: string;
  readonly status: LogPipelineStatus;
}

/** Writes a status that differs from the one that is there, and nothing otherwise. */
export async function writeStatus(
  api: KubeApi,
  { name, namespace, status: before }: Place,
  status: LogPipelineStatus,
): Promise<void> {
  if (fingerprint(before) === fingerprint(status)) return;
  const query = new URLSearchParams({ fieldManager: FIELD_MANAGER, force: 'true' });
  try {
    await api.request({
      method: 'PATCH',
      path: `${objectPath(PIPELINES, namespace, name)}/status?${query.toString()}`,
      contentType: APPLY_PATCH,
      body: { apiVersion: API_VERSION, kind: KIND, metadata: { name, namespace }, status },
    });
  } catch (error) {
    // Deleted meanwhile: there is nobody to tell.
    if (!(error instanceof ApiError) || !error.isMissing) throw error;
  }
}
