import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Operator, type OperatorParts } from './operator.ts';

const OPERATOR_PARTS = Symbol('OperatorParts');

/** Runs the operator while the application runs. */
@Injectable()
class OperatorLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly operator: Operator;

  constructor(@Inject(OPERATOR_PARTS) parts: OperatorParts) {
    this.operator = new Operator(parts);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.operator.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.operator.close();
  }
}

/** The operator, for any Nest application. */
@Module({})
export class OperatorModule {
  static register(parts: OperatorParts): DynamicModule {
    return {
      module: OperatorModule,
      providers: [{ provide: OPERATOR_PARTS, useValue: parts }, OperatorLifecycle],
    };
  }
}
