import { describeApi } from './api/describe.ts'
import type { OpenApiDocument } from './api/document.ts'

/** The API, by the portal's own OpenAPI document. */
export async function useApiDescription() {
  const { data, error, refresh } = await useAsyncData(
    'api-description',
    async () => describeApi(await ask<OpenApiDocument>(apiPaths.openApi())),
    { deep: false },
  )
  return {
    description: computed(() => data.value ?? null),
    trouble: computed(() => (error.value ? troubleOf(error.value) : null)),
    refresh: () => refresh(),
  }
}
