export { problem, type HttpAnswer } from './problem.ts';
