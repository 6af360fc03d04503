import { Module, type DynamicModule } from '@nestjs/common';

/** All apps in one process. */
@Module({})
export class StandaloneModule {
  static register(apps: readonly DynamicModule[]): DynamicModule {
    return { module: StandaloneModule, imports: [...apps] };
  }
}
