export type { NodeRequest, NodeResponse } from './forms.ts';
export { createProxy, type Proxy, type ProxyOptions } from './proxy.ts';
